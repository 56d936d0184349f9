"""One visitor's demo: a process of its own, which sees nothing of the presenter's files."""

from __future__ import annotations

import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from st_tui.tui.terminal.detection import WEB_DRIVER

LONGEST_VISIT = 30 * 60.0
"""Seconds after which a visit is ended."""

_PATIENCE = 3.0
"""Seconds that a demo has to end by itself, before it is killed."""

_KEPT = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "SYSTEMROOT")
"""All that a demo gets of the presenter's environment: no vault, no tmux, no token."""


class Visitor(AppService):
    """The demo of one visitor. It ends, and its files are removed, when `stop` is called."""

    def __init__(
        self,
        *,
        write_bytes: Callable[[bytes], Awaitable[None]],
        write_str: Callable[[str], Awaitable[None]],
        close: Callable[[], Awaitable[None]],
    ) -> None:
        super().__init__(
            "st-tui demo",
            write_bytes=write_bytes,
            write_str=write_str,
            close=close,
            download_manager=DownloadManager(),
        )
        self._home: Path | None = None

    def _build_environment(self, width: int = 80, height: int = 24) -> dict[str, str]:
        home = str(self._home)
        return {
            **{name: os.environ[name] for name in _KEPT if name in os.environ},
            **dict.fromkeys(("HOME", "TMPDIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME"), home),
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
            "TEXTUAL_DRIVER": WEB_DRIVER,
            "COLUMNS": str(width),
            "ROWS": str(height),
        }

    async def _open_app_process(
        self, width: int = 80, height: int = 24
    ) -> asyncio.subprocess.Process:
        self._home = Path(tempfile.mkdtemp(prefix="st-tui-web-"))
        self._process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "st_tui", "demo"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            env=self._build_environment(width, height),
        )
        self._stdin = self._process.stdin
        return self._process

    async def run(self) -> None:
        """Pass on what the demo sends, until it ends; then close the visitor's connection."""
        process = self._process
        if process is None or process.stdout is None:
            return
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            while await process.stdout.readline() != b"__GANGLION__\n":
                if process.stdout.at_eof():
                    return
            while True:
                kind = await process.stdout.readexactly(1)
                size = int.from_bytes(await process.stdout.readexactly(4), "big")
                payload = await process.stdout.readexactly(size)
                if kind == b"D":
                    await self.on_data(payload)
        await self.remote_close()

    async def stop(self) -> None:
        """End the demo, by force if it does not end, and remove its files."""
        if self._process is not None:
            if self._process.returncode is None:
                await self.send_meta({"type": "quit"})
            try:
                async with asyncio.timeout(_PATIENCE):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        if self._task is not None:
            self._task.cancel()
        if self._home is not None:
            await asyncio.to_thread(shutil.rmtree, self._home, ignore_errors=True)
