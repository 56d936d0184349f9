"""`st-tui web`: a demo of one's own in a real browser, and nothing for who lacks the key."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from st_tui.web.server import MOST_VISITORS, names_of
from tests.web.chromium import chromium, needs_chromium


@pytest.fixture
def link(tmp_path: Path) -> Iterator[str]:
    """The link that a running `st-tui web` prints."""
    directory = tmp_path / "tmp"
    directory.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "st_tui", "web", "--port", "0"],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(directory)},
    )
    assert process.stdout is not None
    found = re.fullmatch(r"Open (\S+)\n", process.stdout.readline())
    assert found is not None
    yield found[1]
    process.send_signal(signal.SIGTERM)
    with process.stdout:
        assert process.wait(30) == 0
    assert list(directory.iterdir()) == []  # no demo is left behind


@pytest.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@needs_chromium
async def test_a_visitor_makes_a_token_in_a_real_browser(link: str, tmp_path: Path) -> None:
    async with chromium(tmp_path / "profile") as page:
        await page.open(link)
        await page.until(lambda: "ci-deploy" in page.text, "the demo's tokens are listed")
        await page.press("n")
        await page.until(lambda: "New service token" in page.text, "the form is open")
        await page.write("from-a-browser")
        await page.press("Enter")
        await page.write("/common/db")
        await page.press("Enter")
        await page.press("F2")
        await page.until(lambda: "st." in page.text, "the token is shown")
        await page.press("x")
        await page.press("Escape")
        own = urlsplit(link).netloc
        assert {urlsplit(address).netloc for address in page.asked if "data:" not in address} == {
            own
        }
        assert page.complaints == []


@needs_chromium
async def test_what_reaches_the_presenters_machine_is_not_there(link: str, tmp_path: Path) -> None:
    async with chromium(tmp_path / "profile") as page:
        await page.open(link)
        await page.until(lambda: "ci-deploy" in page.text, "the demo's tokens are listed")
        await page.press("?")
        await page.until(lambda: "Revoke this token" in page.text, "the help is open")
        assert "for real" not in page.text


ROUTES = ("", "page.js", "ws", "static/js/textual.js", "download/x", "static/")


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("change", ["no key", "another key", "another host", "another origin"])
async def test_every_route_refuses(
    link: str, client: aiohttp.ClientSession, route: str, change: str
) -> None:
    parts = urlsplit(link)
    origin = f"http://{parts.netloc}"
    headers = {"Origin": origin}
    address = f"{link}{route}"
    if change == "no key":
        address = f"{origin}/{route}"
    elif change == "another key":
        address = f"{origin}/{parts.path.strip('/')[::-1]}/{route}"
    elif change == "another host":
        headers["Host"] = "evil.example"
    else:
        headers["Origin"] = "http://evil.example"
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13",
               "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
    async with client.get(address, headers=headers | (upgrade if route == "ws" else {})) as answer:
        assert answer.status == 403
        assert "ci-deploy" not in await answer.text()


async def test_the_socket_is_for_pages_only(link: str, client: aiohttp.ClientSession) -> None:
    async with client.get(f"{link}ws") as answer:
        assert answer.status == 403


async def test_visitors_are_bounded(link: str, client: aiohttp.ClientSession) -> None:
    origin = f"http://{urlsplit(link).netloc}"
    inside = [
        await client.ws_connect(f"{link}ws", headers={"Origin": origin})
        for _ in range(MOST_VISITORS)
    ]
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.ws_connect(f"{link}ws", headers={"Origin": origin})
    assert refused.value.status == 503
    for visit in inside:
        await visit.close()


async def test_only_the_pages_own_parts_are_served(
    link: str, client: aiohttp.ClientSession
) -> None:
    async with client.get(link) as page:
        assert page.status == 200
        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'")
        assert page.headers["Referrer-Policy"] == "no-referrer"
    for name in ("static/../server.py", "static/%2e%2e/server.py", "static/images/background.png"):
        async with client.get(f"{link}{name}") as answer:
            assert answer.status in (403, 404), name


@pytest.mark.parametrize(
    ("host", "name", "known"),
    [
        ("127.0.0.1", "localhost", True),
        ("localhost", "::1", True),
        ("127.0.0.1", "evil.example", False),
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "localhost", False),
    ],
)
def test_names_of_a_server(host: str, name: str, known: bool) -> None:
    assert (name in names_of(host)) is known


def test_a_taken_port_is_said_in_one_sentence(link: str) -> None:
    port = str(urlsplit(link).port)
    run = subprocess.run(
        [sys.executable, "-m", "st_tui", "web", "--port", port], capture_output=True, text=True
    )
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1
    assert f"Cannot listen on 127.0.0.1:{port}" in run.stderr
