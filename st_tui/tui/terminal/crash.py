"""What a person is told when the program has a fault: its kind and its place, and nothing else.

A traceback with its locals and an exception's message can both hold a token; they would land in
the terminal's scrollback. So neither is ever printed, and no switch brings them back.
"""

from __future__ import annotations

import sys
import threading
from pathlib import PurePath
from types import TracebackType

from st_tui.core.errors import Refusal
from st_tui.core.plain_text import shown

PACKAGE = __name__.partition(".")[0]


def describe(error: BaseException | None) -> str:
    """One sentence with the fault's type and where in the program it happened.

    A refusal that nobody took care of, as of a database that breaks meanwhile, says itself what is
    wrong.
    """
    if isinstance(error, Refusal):
        return shown(str(error))
    cause = f"{type(error).__name__}{_place(error.__traceback__)}" if error else "no details"
    return (
        f"st-tui stopped because of an internal error ({cause}). "
        "Nothing that was saved is lost. Please report this line."
    )


def guard() -> None:
    """Let no fault outside the app print more than `describe` does.

    Covers the main program, threads, and what fails while an object is being destroyed.
    """
    sys.excepthook = _main_hook
    threading.excepthook = _thread_hook
    sys.unraisablehook = _unraisable_hook


def _main_hook(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    # After a KeyboardInterrupt Python ends itself by SIGINT, which says enough.
    if not isinstance(error, KeyboardInterrupt):
        _say(error)


def _thread_hook(details: threading.ExceptHookArgs) -> None:
    if details.exc_type is not SystemExit:
        _say(details.exc_value)


def _unraisable_hook(details: sys.UnraisableHookArgs) -> None:
    _say(details.exc_value)


def _say(error: BaseException | None) -> None:
    if sys.stderr is not None:  # as in a windowed Python, and at the very end of any
        print(describe(error), file=sys.stderr)


def _place(trace: TracebackType | None) -> str:
    """``" in tui/app.py:123"``: the innermost line of this package, else of anything."""
    ours = last = ""
    while trace:
        path = PurePath(trace.tb_frame.f_code.co_filename)
        last = f" in {path.name}:{trace.tb_lineno}"
        if PACKAGE in path.parts:
            inside = path.parts[len(path.parts) - path.parts[::-1].index(PACKAGE) :]
            ours = f" in {'/'.join(inside)}:{trace.tb_lineno}"
        trace = trace.tb_next
    return ours or last
