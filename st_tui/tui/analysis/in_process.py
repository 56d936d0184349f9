"""An overview at work in a process of its own: its start, the questions, and its end.

Questions go to its standard input and answers come from its standard output, pickled: both ends are
this program. Nothing is in its arguments or on disk, its environment has what Python needs, and it
has no terminal. It ends when it is killed, and by itself when its input ends, as it does with the
app, however that ends.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Mapping
from threading import Thread
from typing import IO, TYPE_CHECKING, Any, Generic, TypeVar, cast

from st_tui.core.errors import Refusal
from st_tui.tui.analysis import answers

if TYPE_CHECKING:
    from st_tui.tui.host import Host

Overview = TypeVar("Overview")
Answer = TypeVar("Answer")

_FOR_PYTHON = (
    "PATH", "HOME", "LANG", "LANGUAGE", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "PYTHONHOME", "PYTHONUTF8", "PYTHONPYCACHEPREFIX",
    "PYTHONDONTWRITEBYTECODE", "TZ", "TMPDIR",
)  # fmt: skip
_ENDED = "The process that reads the tokens has ended: close this screen and open it again."


class InProcess(Generic[Overview]):
    """Asks an overview in another process."""

    def __init__(self, host: Host, overview: Overview) -> None:
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[asyncio.Future[Any]] = deque()
        self._is_over = False
        self.process = subprocess.Popen(
            (sys.executable, "-m", "st_tui.tui.analysis.child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(os.environ),
            start_new_session=True,
        )
        Thread(target=self._receive, name="analysis", daemon=True).start()
        self._send((host.directory.absolute(), host.actor, overview))

    async def ask(self, job: Callable[..., Answer], args: tuple[Any, ...]) -> Answer:
        """Let the overview do a job. Raises Refusal and Superseded."""
        if self._is_over:
            raise Refusal(_ENDED)
        answer = self._loop.create_future()
        self._waiting.append(answer)
        self._send((job, args))
        return cast(Answer, await answer)

    def close(self) -> None:
        """Kill the process."""
        self.process.kill()
        for answer in self._waiting:
            answer.cancel()

    def _send(self, message: object) -> None:
        questions = cast("IO[bytes]", self.process.stdin)
        with contextlib.suppress(OSError, ValueError):  # it has ended, which its output tells
            questions.write(pickle.dumps(message))
            questions.flush()

    def _receive(self) -> None:
        """Take answers until there are no more; in a thread."""
        output = cast("IO[bytes]", self.process.stdout)
        # The app may have ended, and so may the process, with a question on its way.
        with contextlib.suppress(RuntimeError, OSError), self.process:
            while (answer := answers.read(output)) is not None:
                self._loop.call_soon_threadsafe(self._answered, *answer)
            self.process.kill()
            self._loop.call_soon_threadsafe(self._end)

    def _answered(self, value: object, refusal: Exception | None) -> None:
        answer = self._waiting.popleft() if self._waiting else None
        if answer is None or answer.done():
            return  # whoever asked is gone
        if refusal is None:
            answer.set_result(value)
        else:
            answer.set_exception(refusal)

    def _end(self) -> None:
        self._is_over = True
        while self._waiting:
            self._answered(None, Refusal(_ENDED))


def _environment(ours: Mapping[str, str]) -> dict[str, str]:
    """What Python needs, and the same places to import from; no password and no token."""
    kept = {name: ours[name] for name in _FOR_PYTHON if name in ours}
    places = os.pathsep.join(place or os.getcwd() for place in sys.path)
    return kept | {"PYTHONPATH": places, "PYTHONSAFEPATH": "1"}
