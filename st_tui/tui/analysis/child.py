"""The process in which an overview works: `python -m st_tui.tui.analysis.child`, by the app alone.

It imports nothing of Textual.
"""

from __future__ import annotations

import os
import pickle
import sys
from queue import SimpleQueue
from threading import Thread
from typing import IO, Any

from st_tui.core.errors import Refusal
from st_tui.core.vault import Vault
from st_tui.core.vault.overviews import Desk, Superseded
from st_tui.tui.analysis import answers

_NICER = 10
"""The app's keys come first."""


def main() -> None:
    """Answer questions until there are no more."""
    output = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing else may stand there
    os.nice(_NICER)
    questions: SimpleQueue[Any] = SimpleQueue()
    Thread(target=_receive, args=(sys.stdin.buffer, questions), daemon=True).start()
    directory, actor, overview = questions.get()
    vault: Vault | None = None

    def go_on() -> None:
        if not questions.empty():
            raise Superseded

    while True:
        job, args = questions.get()
        try:
            vault = vault or Vault.open(directory, actor=actor)
            answers.write(output, job(overview, Desk(vault, go_on), *args))
        except (Refusal, Superseded) as refusal:
            answers.write(output, None, refusal)


def _receive(source: IO[bytes], questions: SimpleQueue[Any]) -> None:
    """Take questions. With the app's end they end, and so does this process, whatever it does."""
    try:
        while True:
            questions.put(pickle.load(source))  # noqa: S301
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
