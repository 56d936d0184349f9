"""What a person is told of a fault in the program: the exception's type and the line, no more.

A traceback's locals and an exception's message can hold a token, and would stay in the terminal's
scrollback. So neither is ever printed, and no switch brings them back.
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
    """One sentence with the exception's type and the line of the program where it was raised.

    A Refusal that nothing caught, as of a database that broke meanwhile, is its own sentence.
    """
    if isinstance(error, Refusal):
        return shown(str(error))
    cause = f"{type(error).__name__}{_raised_at(error.__traceback__)}" if error else "no details"
    return (
        f"st-tui stopped because of an internal error ({cause}). "
        "Nothing that was saved is lost. Please report this line."
    )


def guard() -> None:
    """Let Python's three hooks for uncaught exceptions print what `describe` says, and no more.

    They are for the main program, for threads, and for objects that are being destroyed.
    """
    sys.excepthook = _main_hook
    threading.excepthook = _thread_hook
    sys.unraisablehook = _unraisable_hook


def _main_hook(
    _kind: type[BaseException], error: BaseException, _trace: TracebackType | None
) -> None:
    # After a KeyboardInterrupt Python ends by SIGINT, which the shell understands.
    if not isinstance(error, KeyboardInterrupt):
        _say(error)


def _thread_hook(details: threading.ExceptHookArgs) -> None:
    if details.exc_type is not SystemExit:
        _say(details.exc_value)


def _unraisable_hook(details: sys.UnraisableHookArgs) -> None:
    _say(details.exc_value)


def _say(error: BaseException | None) -> None:
    if sys.stderr is not None:  # it is None in a windowed Python, and at the very end of any
        print(describe(error), file=sys.stderr)


def _raised_at(trace: TracebackType | None) -> str:
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
