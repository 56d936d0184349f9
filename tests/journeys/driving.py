"""What every journey does: wait for the app to settle, type, and read the screen."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from threading import Event
from typing import Any

from textual._compositor import LayoutUpdate
from textual.events import Key, Paste
from textual.pilot import Pilot

from st_tui.core.model import Project, ServiceToken
from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.terminal.pasted_text import Burst
from st_tui.tui.widgets.token_list import TokenList

_KEYS = {
    "/": "slash", " ": "space", "*": "asterisk", "[": "left_square_bracket",
    "]": "right_square_bracket", "-": "minus", "_": "underscore", ".": "full_stop", ":": "colon",
    ",": "comma", "{": "left_curly_bracket", "}": "right_curly_bracket",
    "!": "exclamation_mark",
}  # fmt: skip


async def write(pilot: Pilot[Any], text: str) -> None:
    """Press a key for each character."""
    for character in text:
        await pilot.press(_KEYS.get(character, character))


async def paste(pilot: Pilot[Any], text: str) -> None:
    """Let the terminal give a text as one bracketed paste."""
    pilot.app.post_message(Paste(text))
    await pilot.pause()


async def paste_into_focused(pilot: Pilot[Any], text: str) -> None:
    """Give a paste straight to the widget that has the focus, past the app."""
    focused = pilot.app.focused
    assert focused is not None
    focused.post_message(Paste(text))
    await pilot.pause()


def in_one_piece(pilot: Pilot[Any], text: str) -> None:
    """Let a terminal without bracketed paste give a text, pasted or held back by a slow line."""
    names = {"\r": "enter", "\n": "ctrl+j", "\t": "tab"}
    pilot.app.post_message(Burst([Key(names.get(c, c), c) for c in text]))


async def until(pilot: Pilot[Any], holds: Callable[[], bool], what: str) -> None:
    """Let the app go on until something holds; the limit is there only to end a failing test."""
    for _ in range(1500):
        await pilot.pause(0.02)
        if holds():
            await pilot.pause(0)  # so that a screen which is there has its widgets
            return
    raise AssertionError(f"never happened: {what}\n{screen_text(pilot)}")


async def workers_done(pilot: Pilot[Any]) -> None:
    """Wait until no worker runs. Textual's own wait refuses one that was only just begun."""
    workers = pilot.app.workers
    await until(pilot, lambda: all(worker.is_finished for worker in workers), "no worker is left")


async def settled(pilot: Pilot[Any]) -> None:
    """Wait until nobody waits for the vault any more, and what it answered is on the screen."""
    app = pilot.app
    assert isinstance(app, StTui)
    quiet = 0

    def is_quiet() -> bool:
        nonlocal quiet
        quiet = 0 if app.is_reading else quiet + 1
        return quiet == 2  # what one answer shows may have asked for another

    await until(pilot, is_quiet, "the vault has answered")


@asynccontextmanager
async def nothing_answered(app: StTui) -> AsyncIterator[None]:
    """Keep the vault's thread at a long job meanwhile, so that no read is answered."""
    begun, may_end = Event(), Event()

    def job(_vault: Vault) -> None:
        begun.set()
        assert may_end.wait(30)

    worker = app.run_worker(app.read(job))
    try:
        yield
    finally:
        may_end.set()
        await worker.wait()


async def opened(pilot: Pilot[Any]) -> None:
    """Wait until the list shows the vault's tokens."""
    app = pilot.app
    assert isinstance(app, StTui)
    await until(pilot, lambda: app.is_open and tokens_shown(app) > 0, "the list is shown")
    await pilot.pause()


def tokens_shown(app: StTui) -> int:
    """How many tokens the list has."""
    found = app.screen_stack[0].query(TokenList)
    return found.first().count if found else 0


_opened: dict[StTui, Vault] = {}


def vault(app: StTui) -> Vault:
    """The app's vault, over a connection of the test's own; it is closed at the test's end."""
    if app not in _opened:
        _opened[app] = app._open_vault()
    return _opened[app]


def close_vaults() -> None:
    """Close what `vault` opened."""
    while _opened:
        _opened.popitem()[1].close()


def project_of(app: StTui) -> Project:
    """The app's own project."""
    assert app.project is not None
    return app.project


def token_named(app: StTui, name: str) -> ServiceToken:
    """A living token by its name."""
    return next(t for t in vault(app).tokens.page(project_of(app)) if t.name == name)


async def choose(pilot: Pilot[Any], name: str) -> ServiceToken:
    """Put the list's cursor on a token, by keys alone."""
    app = pilot.app
    assert isinstance(app, StTui)
    listing = app.screen.query_one(TokenList)
    await pilot.press("home")
    for _ in range(listing.count):
        token = listing.current
        if token is not None and token.name == name:
            await pilot.pause()
            return token
        await pilot.press("down")
    raise AssertionError(f"no token {name!r} in the list")


def screen_text(pilot: Pilot[Any]) -> str:
    """What is on the screen, as text: that of a picture, without the cost of drawing one."""
    app = pilot.app
    drawn = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    assert isinstance(drawn, LayoutUpdate)
    lines = ("".join(strip.text for strip in line) for line in drawn.strips)
    return "".join(f"{line.replace(_NO_BREAK, ' ').rstrip()}\n" for line in lines)


def said(pilot: Pilot[Any]) -> str:
    """What a form says, as running text, without the pane to its right."""
    lines = (line.split("▏")[0] for line in screen_text(pilot).splitlines())
    return " ".join(" ".join(lines).split())


_NO_BREAK = "\N{NO-BREAK SPACE}"
