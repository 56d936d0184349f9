"""A real `st-tui serve` in a process of its own, and all that it said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

_SECONDS_TO_END = 30


class ServerFailed(Exception):
    """The server did not start, or did not end well. The text is what it said."""


class Server:
    """A server that runs, or has run."""

    def __init__(self, process: subprocess.Popen[str], url: str) -> None:
        self.process = process
        self.url = url
        self.output = ""
        """What it wrote to both streams, once it ended."""
        self._was_asked = False

    @property
    def port(self) -> int:
        """The port that it took."""
        port = urlsplit(self.url).port
        assert port is not None
        return port

    def stop(self) -> None:
        """Ask it to end, once: a second signal may find it where nothing takes signals any more."""
        if not self._was_asked:
            self._was_asked = True
            self.process.send_signal(signal.SIGTERM)


@contextmanager
def serving(
    vault: Path,
    *options: str,
    python: str = sys.executable,
    user: int | None = None,
    variables: Mapping[str, str] | None = None,
) -> Iterator[Server]:
    """The server of this vault on a free port. It ends well, or the test fails.

    With a `user`, the server runs as that user, in that user's own group alone.
    """
    command = [python, "-m", "st_tui", "serve", "--vault", str(vault), "--port", "0"]
    environment = {name: value for name, value in os.environ.items() if name != "ST_TUI_VAULT"}
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            [*command, *options],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env=environment | dict(variables or {}),
            cwd="/" if user is not None else None,
            user=user,
            group=user,
            extra_groups=None if user is None else [],
        )
        assert process.stdout is not None
        said = process.stdout.readline()
        server = Server(process, said.removeprefix("Serving ").strip())
        try:
            if said.startswith("Serving http"):
                yield server
        finally:
            server.stop()
            try:
                rest, _ = process.communicate(timeout=_SECONDS_TO_END)
            except subprocess.TimeoutExpired:
                process.kill()
                rest, _ = process.communicate()
            errors.seek(0)
            server.output = said + rest + errors.read()
        if process.returncode:
            raise ServerFailed(server.output)
