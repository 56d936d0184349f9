"""Try it for real, against a server in a process of its own that serves the app's vault."""

from __future__ import annotations

import gc
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from textual.events import Key, Paste
from textual.pilot import Pilot
from textual.widget import Widget

from st_tui.core.model import Endpoint, NewToken, Permission, Project, TokenDraft
from st_tui.core.secrets.model import Place
from st_tui.core.vault import Vault
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.try_it import TryIt, first_request
from st_tui.tui.terminal.detection import Appearance
from st_tui.tui.widgets.access_pane import AccessPane
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.masked_field import MaskedField
from st_tui.tui.widgets.request_time import RequestTime
from st_tui.tui.widgets.selector import Selector
from tests.api.server import Server, serving
from tests.core.vaults import bytes_in_files, v2, v3
from tests.journeys.driving import (
    choose,
    opened,
    paste_into_focused,
    screen_text,
    until,
    workers_done,
    write,
)

SMALL, WIDE = (80, 24), (120, 36)
DB = Place("dev", "/common/db")
VALUES = {"DB_PASSWORD": "sentinel-value-1", "DB_USER": "sentinel-value-2"}


class Served(NamedTuple):
    """A vault and its server."""

    directory: Path
    server: Server


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    directory = tmp_path_factory.mktemp("served") / "vault"
    Vault.create(directory, actor="ann").close()
    with serving(directory) as server:
        yield Served(directory, server)


class Shop(NamedTuple):
    """The app on that vault, on a project made for one test."""

    app: StTui
    vault: Vault
    project: Project
    url: str

    def made(self, draft: TokenDraft) -> NewToken:
        return self.vault.tokens.create(self.project, draft)


@pytest.fixture
def shop(served: Served) -> Iterator[Shop]:
    with Vault.open(served.directory, actor="ann") as vault:
        for project in vault.projects.every():
            vault.projects.delete(project)
        project = vault.projects.create("Shop", e2ee=False)
        vault.folders.create(project, *DB)
        vault.secrets.set(project, DB, VALUES)
        looks = Appearance("st-tui-dark", ansi_color=False, ascii_only=False)
        app = StTui(served.directory, looks, actor="ann")
        app._server_url = served.server.url  # the property would remember it: nothing runs yet
        yield Shop(app, vault, project, served.server.url)


async def try_it(pilot: Pilot[Any], text: str) -> str:
    """Send what the pane asks, with this text of a token; the screen with the answer."""
    await pilot.press("f3")
    await until(pilot, lambda: isinstance(pilot.app.screen, TryIt), "the dialog")
    await paste_into_focused(pilot, text)
    await pilot.press("enter")
    await until(pilot, lambda: " ms" in screen_text(pilot), "an answer")
    return screen_text(pilot)


def logged(directory: Path, token: NewToken) -> list[tuple[str, str, str, str]]:
    """What the audit log has of a token's requests."""
    with closing(sqlite3.connect(directory / "vault.db")) as connection, connection:
        return connection.execute(
            "SELECT event, path, operation, reason FROM audit_log "
            "WHERE actor = ? AND user_agent LIKE 'st-tui/%' ORDER BY seq",
            (token.token.id,),
        ).fetchall()


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_a_read(shop: Shop, served: Served, size: tuple[int, int]) -> None:
    new = shop.made(v2("ci", "dev:/common/**", expires_at=None))
    async with shop.app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await write(pilot, "common/db")
        text = await try_it(pilot, new.text.full)
        assert "GET /api/v3/secrets?environment=dev&secretPath=/common/db" in text
        assert "✔ ALLOWED  200 OK   2 secrets" in text
        assert "✔ agrees with the pane: allowed" in text
        assert "sentinel" not in text
        assert "DB_USER" not in text
        assert new.text.secret not in text
        await pilot.press("escape")
        await until(pilot, lambda: len(shop.app.screen_stack) == 1, "the list again")
        assert shop.app.screen.query_one("#path", Field).has_focus
    assert logged(served.directory, new) == [("get-secrets", "/common/db", "read", "allowed")]


@pytest.mark.parametrize(
    "shape",
    [
        "{0}.{1}.{2}\r.{3}",
        "\u2502 {0}.{1}.{2} \u2502\n\u2502 .{3} \u2502",
        "{0}.{1}.\r\n  {2}.\t{3}\u00a0\n",
    ],
)
async def test_a_token_is_taken_as_st_tui_or_a_terminal_shows_it(
    shop: Shop, served: Served, shape: str
) -> None:
    """On two lines, in a frame, wrapped."""
    new = shop.made(v2("ci", "dev:/common/**", expires_at=None))
    async with shop.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await write(pilot, "common/db")
        assert "✔ ALLOWED  200 OK" in await try_it(pilot, shape.format(*new.text.full.split(".")))


async def test_a_key_pressed_twice_in_one_go_sends_once(shop: Shop, served: Served) -> None:
    new = shop.made(v2("ci", "dev:/**", expires_at=None))
    async with shop.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog")
        await paste_into_focused(pilot, new.text.full)
        for _ in range(2):
            await shop.app.run_action("send", shop.app.screen)
        await until(pilot, lambda: " ms" in screen_text(pilot), "an answer")
        await workers_done(pilot)
    assert len(logged(served.directory, new)) == 1


async def test_what_arrives_in_one_go_goes_where_it_belongs(shop: Shop) -> None:
    new = shop.made(v2("ci", "dev:/**", expires_at=None))
    async with shop.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("t")
        for letter in "common":
            shop.app.post_message(Key(letter, letter))
        shop.app.post_message(Key("f3", None))
        shop.app.post_message(Paste(new.text.full))
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog")
        await until(pilot, lambda: masked(shop.app) == [new.text.full], "the text")
        await until(pilot, lambda: "secretPath=/common " in screen_text(pilot), "the path")
        assert shop.app.screen_stack[0].query_one("#path", Field).value == "/common"


def masked(app: StTui) -> list[str]:
    """What the masked fields of the screen have; none before it is composed."""
    return [field.value for field in app.screen.query(MaskedField)]


async def test_a_raw_read_brings_no_values(shop: Shop) -> None:
    new = shop.made(v2("ci", "dev:/common/**", expires_at=None))
    async with shop.app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        pane = shop.app.screen.query_one(AccessPane)
        pane.preset("dev", "/common/db", Permission.READ, Endpoint.RAW, "")
        text = await try_it(pilot, new.text.full)
        assert "/api/v3/secrets/raw?environment=dev&secretPath=/common/db&viewSecretValue=" in text
        assert "✔ ALLOWED  200 OK   2 secrets" in text


async def test_a_write_changes_nothing(shop: Shop, served: Served) -> None:
    new = shop.made(v2("ci", "dev:/**", expires_at=None, permissions=frozenset(Permission)))
    async with shop.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("t")
        await write(pilot, "common/db")
        shop.app.screen.query_one("#operation", Selector).focus()
        await pilot.press("right")
        text = await try_it(pilot, new.text.access_token)
        assert "DELETE /api/v3/secrets/ST_TUI_TRY_" in text
        assert '{"environment": "dev", "secretPath": "/common/db"}' in text
        assert "nothing is changed" in text
        assert "✔ ALLOWED  404 Not Found" in text
        assert "✔ agrees with the pane: allowed" in text
    found = shop.vault.secrets.read(shop.project, DB)
    assert {secret.name: secret.value for secret in found.secrets} == VALUES
    assert logged(served.directory, new) == [("delete-secret", "/common/db", "write", "allowed")]


@pytest.mark.parametrize("operation", Permission)
async def test_a_denial_tells_no_more_than_the_server_does(
    shop: Shop, operation: Permission
) -> None:
    other = {Permission.READ: Permission.WRITE, Permission.WRITE: Permission.READ}[operation]
    new = shop.made(v2("ci", "dev:/**", expires_at=None, permissions=frozenset({other})))
    async with shop.app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        pane = shop.app.screen.query_one(AccessPane)
        pane.preset("dev", "/common", operation, Endpoint.E2EE, "")
        text = await try_it(pilot, new.text.full)
        assert "✖ DENIED  403 Forbidden" in text
        assert "You are not allowed to" in text
        assert "✔ agrees with the pane: permission" in text


async def test_the_address_that_the_server_sees(shop: Shop) -> None:
    new = shop.made(v3("here", "dev:/**", trusted=("127.0.0.1",)))
    shop.vault.tokens.set_active(new.token, True)
    async with shop.app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        text = await try_it(pilot, new.text.full)
        assert "✔ ALLOWED  200 OK   0 secrets" in text
        assert "✖ differs from the pane (denied, ip): the server sees 127.0.0.1, not any" in text
        await pilot.press("escape")
        await until(pilot, lambda: len(shop.app.screen_stack) == 1, "the list again")
        shop.app.screen.query_one("#ip", Field).value = "127.0.0.1"
        assert "✔ agrees with the pane: allowed" in await try_it(pilot, new.text.full)


async def test_another_time(shop: Shop) -> None:
    new = shop.made(v2("ci", "dev:/**", expires_at=shop.app.clock() + 3_600_000))
    async with shop.app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        shop.app.screen.query_one(RequestTime).focus()
        await pilot.press("end")
        text = await try_it(pilot, new.text.full)
        assert "✖ differs from the pane (denied, expired): the server decides now, not at" in text


@pytest.mark.parametrize("url_first", [True, False])
async def test_what_is_wrong_is_said_in_the_dialog(shop: Shop, url_first: bool) -> None:
    new, other = (
        shop.made(v2("ci", "dev:/**", expires_at=None)),
        shop.made(v2("web", expires_at=None)),
    )
    async with shop.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await choose(pilot, "ci")
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog")
        url = shop.app.screen.query_one("#server", Field)
        token = shop.app.screen.query_one(MaskedField)
        for typed, pasted, said in (
            (shop.url, "", "Paste the token's text"),
            (shop.url, "st.nonsense", "That is no service token"),
            (shop.url, other.text.full, "another token's text, not that of “ci”"),
            ("http://127.0.0.1/api", new.text.full, "That is no address of a server"),
            ("http://127.0.0.1:1", new.text.full, "Nothing answers at http://127.0.0.1:1"),
        ):
            url.value, token.value = typed, pasted
            (url if url_first else token).focus()
            await pilot.press("enter")
            await until(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]
            assert other.text.secret not in screen_text(pilot)
        url.value = shop.url
        await pilot.press("enter")
        await until(pilot, lambda: "✔ ALLOWED" in screen_text(pilot), "it works at last")
        assert "Nothing answers" not in screen_text(pilot)


async def test_a_wrong_secret(shop: Shop) -> None:
    new = shop.made(v2("ci", "dev:/**", expires_at=None))
    wrong = new.text.full.replace(new.text.secret, "0" * 32)
    async with shop.app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        text = await try_it(pilot, wrong)
        assert "✖ DENIED  401 Unauthorized" in text
        assert "(allowed): the server does not know this token" in text


async def test_clear_text_over_the_network_is_asked_about(shop: Shop) -> None:
    new = shop.made(v2("ci", expires_at=None))
    async with shop.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog")
        shop.app.screen.query_one("#server", Field).value = "http://192.0.2.1:8080"
        await paste_into_focused(pilot, new.text.full)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(shop.app.screen, Confirm), "the question")
        assert "Send the token in clear text?" in screen_text(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog again")
        assert "Asking" not in screen_text(pilot)
        assert shop.app.server_url == shop.url


async def test_the_server_is_remembered(shop: Shop) -> None:
    new = shop.made(v2("ci", "dev:/**", expires_at=None))
    shop.app.server_url = "http://127.0.0.1:8080"
    async with shop.app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog")
        url = shop.app.screen.query_one("#server", Field)
        assert url.value == "http://127.0.0.1:8080"
        url.value = shop.url.removeprefix("http://")
        await paste_into_focused(pilot, new.text.full)
        await pilot.press("enter")
        await until(pilot, lambda: "✔ agrees" in screen_text(pilot), "an answer")
        await pilot.press("f10", "f3")
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog again")
        assert shop.app.screen.query_one("#server", Field).value == shop.url
        assert shop.app.screen.query_one(MaskedField).value == ""


async def test_a_new_token_is_tried_at_once(shop: Shop) -> None:
    shop.made(v2("first", expires_at=None))
    async with shop.app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(shop.app.screen, Create), "the form")
        await write(pilot, "web")
        await pilot.press("tab", "tab")
        await write(pilot, "/common/*")
        await pilot.press("enter", "f2")
        await until(pilot, lambda: isinstance(shop.app.screen, Created), "the token")
        await pilot.press("f3")
        await until(pilot, lambda: isinstance(shop.app.screen, TryIt), "the dialog")
        assert not shop.app.screen.query(MaskedField)
        await pilot.press("enter")
        await until(pilot, lambda: " ms" in screen_text(pilot), "an answer")
        text = screen_text(pilot)
        assert "secrets/raw?environment=dev&secretPath=/common/db&" in text
        assert "✔ ALLOWED  200 OK   2 secrets" in text
        assert "✔ agrees with its scopes: allowed" in text
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(shop.app.screen, Created), "the token again")


async def test_nothing_of_the_text_stays(shop: Shop, served: Served) -> None:
    new = shop.made(v2("ci", "dev:/**", expires_at=None))
    async with shop.app.run_test(size=WIDE) as pilot:
        await opened(pilot)
        await try_it(pilot, new.text.full)
        field = shop.app.screen.query_one(MaskedField)
        field.focus()
        field.select_all()
        await pilot.press("ctrl+c", "ctrl+x")
        assert field.value == ""
        assert shop.app.clipboard == ""
        await paste_into_focused(pilot, new.text.full)
        assert new.text.secret in str(_strings_kept())
        await pilot.press("escape")
        await until(pilot, lambda: len(shop.app.screen_stack) == 1, "the list again")
        assert field.value == ""
        del field
        gc.collect()
        assert new.text.secret not in str(_strings_kept())
        assert new.text.key not in str(_strings_kept())
    stored = bytes_in_files(served.directory)
    assert new.text.secret.encode() not in stored
    assert new.text.key.encode() not in stored


def _strings_kept() -> list[str]:
    """Every long string that a widget's attribute, a mapping or a list holds."""
    kept: list[str] = []
    for each in gc.get_objects():
        if isinstance(each, Widget):
            held: Iterable[object] = vars(each).values()
        elif type(each) is dict:
            held = each.values()
        else:
            held = each if type(each) in (list, tuple) else ()
        kept += [text for text in list(held) if type(text) is str and len(text) >= 32]
    return kept


def test_what_a_new_token_is_tried_on() -> None:
    from st_tui.core.drafts import as_token

    def asked(scope: str, *folders: str, e2ee: bool = True) -> tuple[str, str, str]:
        draft = v2("x", scope, permissions=frozenset({Permission.WRITE}))
        request = first_request(as_token(draft), folders, e2ee=e2ee, now=0)
        return request.path, request.operation, request.endpoint

    assert asked("dev:/**", "/a") == ("/", "write", "e2ee")
    assert asked("dev:/*", "/a", e2ee=False) == ("/a", "write", "raw")
    assert asked("dev:/a/*", "/a") == ("/a", "write", "e2ee")
    assert asked("dev:/team-[!a]", "/a") == ("/", "write", "e2ee")
