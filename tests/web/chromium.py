"""A real headless Chromium with one page, driven over its DevTools protocol."""

from __future__ import annotations

import asyncio
import base64
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from tests.terminal_model import Terminal

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser")
needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="chromium is not installed")

_PATIENCE = 20.0
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--remote-debugging-port=0",
    "--window-size=1100,760",
)
_KEYS = {"Enter": (13, "\r"), "F2": (113, ""), "Tab": (9, ""), "Escape": (27, "")}


class Page:
    """A page of the browser: what it asked for, and the terminal that it shows."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self._connection = connection
        self._sent = 0
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self.asked: list[str] = []
        """Every address that the page asked for."""
        self.complaints: list[str] = []
        self._terminal: Terminal | None = None
        self._reader = asyncio.create_task(self._read())

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        number = self._sent
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        await self._connection.send_json({"id": number, "method": method, "params": parameters})
        told: dict[str, Any] = await answer
        return told

    async def open(self, address: str) -> None:
        for domain in ("Page", "Network", "Runtime", "Log"):
            await self.call(f"{domain}.enable")
        await self.call("Emulation.setFocusEmulationEnabled", enabled=True)
        await self.call("Page.navigate", url=address)

    async def press(self, key: str) -> None:
        """Press a key: one of `_KEYS`, or a character."""
        code, text = _KEYS.get(key, (0, key))
        event = {"key": key, "code": key, "windowsVirtualKeyCode": code, "text": text}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **event)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **event)

    async def write(self, text: str) -> None:
        for character in text:
            await self.press(character)

    async def picture(self) -> bytes:
        """The page as a PNG."""
        return base64.b64decode((await self.call("Page.captureScreenshot"))["data"])

    @property
    def text(self) -> str:
        """What the terminal in the page shows."""
        return self._terminal.text if self._terminal is not None else ""

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        try:
            async with asyncio.timeout(_PATIENCE):
                while not holds():
                    await asyncio.sleep(0.05)
        except TimeoutError:
            raise AssertionError(
                f"never happened: {what}\n{self.text}\n{self.complaints}"
            ) from None

    async def close(self) -> None:
        self._reader.cancel()
        with suppress(asyncio.CancelledError):
            await self._reader

    async def _read(self) -> None:
        async for message in self._connection:
            told = message.json()
            if "id" in told:
                self._answers.pop(told["id"]).set_result(told.get("result", {}))
            else:
                self._note(told["method"], told["params"])

    def _note(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.asked.append(told["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.asked.append(told["url"])
            size = parse_qs(urlsplit(told["url"]).query)
            self._terminal = Terminal(int(size["width"][0]), int(size["height"][0]))
        elif method == "Network.webSocketFrameReceived" and self._terminal is not None:
            if told["response"]["opcode"] == 2:
                data = base64.b64decode(told["response"]["payloadData"])
                self._terminal.feed(data.decode())
        elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
            self.complaints.append(told["entry"]["text"])


@asynccontextmanager
async def chromium(profile: Path) -> AsyncIterator[Page]:
    """A browser of its own, with an empty profile."""
    assert PROGRAM is not None
    process = await asyncio.create_subprocess_exec(
        *(PROGRAM, *_FLAGS, f"--user-data-dir={profile}", "about:blank"),
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        port = await _port_of(profile)
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [each for each in await answer.json() if each["type"] == "page"]
            address = pages[0]["webSocketDebuggerUrl"]
            async with session.ws_connect(address, max_msg_size=0) as connection:
                page = Page(connection)
                yield page
                await page.close()
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def _port_of(profile: Path) -> int:
    """The port that the browser chose for DevTools; it writes it into its profile."""
    written = profile / "DevToolsActivePort"
    async with asyncio.timeout(_PATIENCE):
        while not written.exists() or not written.read_text():
            await asyncio.sleep(0.05)
    return int(written.read_text().splitlines()[0])
