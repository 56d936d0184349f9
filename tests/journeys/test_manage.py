"""A person's whole way through, by the keyboard alone, on a real SQLite file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from st_tui.core.addresses import parse_ranges
from st_tui.core.expiry import DAY, HOUR
from st_tui.core.model import Environment, Permission, Scope, ServiceToken, TokenDraft
from st_tui.core.token_text import parse
from st_tui.core.vault import Vault
from st_tui.core.vault.tokens import Tokens
from st_tui.tui.app import StTui
from st_tui.tui.screens.create import Create
from st_tui.tui.screens.created import Created
from st_tui.tui.screens.dialog import Confirm
from st_tui.tui.screens.token import TokenScreen
from st_tui.tui.screens.welcome import Welcome
from st_tui.tui.terminal.detection import Appearance
from st_tui.tui.widgets.field import Field
from st_tui.tui.widgets.selector import Selector
from st_tui.tui.widgets.token_list import TokenList
from tests.conftest import NOW, Clock
from tests.journeys.driving import (
    choose,
    opened,
    project_of,
    said,
    screen_text,
    token_named,
    tokens_shown,
    until,
    vault,
    write,
)

SMALL, WIDE = (80, 24), (120, 36)


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_create_a_token_by_keyboard(demo_app: StTui, size: tuple[int, int]) -> None:
    async with demo_app.run_test(notifications=True, size=size) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await write(pilot, "web")
        await pilot.press("tab", "right", "tab")  # environment: Staging; then the path
        await write(pilot, "/common/**")
        await pilot.press("enter")
        await write(pilot, "folder1/*")  # a missing leading slash is added, a scope left typed
        assert "a leading slash was added" in screen_text(pilot)
        await pilot.press("tab", "tab", "space")  # read, write: ticked
        await pilot.press("tab", "tab", "right", "right")  # version; then the end: 1 month
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "one is not entered")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "the token is shown")
        shown = "".join(screen_text(pilot).split())
        token = token_named(demo_app, "web")
        assert token.scopes == (Scope("staging", "/common/**"), Scope("staging", "/folder1/*"))
        assert token.permissions == {Permission.READ, Permission.WRITE}
        assert token.expires_at == NOW + 30 * DAY

        text = shown[shown.index(f"st.{token.id}") :][: 3 + 36 + 1 + 32]
        known = vault(demo_app).tokens.authenticate(parse(text))
        assert known.token == token

        await pilot.press("q")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "leaving asks")
        await pilot.press("enter")  # Enter alone is no yes
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "it is still shown")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "leaving asks again")
        await pilot.press("x")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "it is closed")
        assert text[-32:] not in screen_text(pilot)


async def test_the_form_says_what_is_wrong_and_keeps_what_was_typed(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        before = tokens_shown(demo_app)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await pilot.press("f2")
        await pilot.pause()
        assert "The name is empty" in screen_text(pilot)
        await write(pilot, "x")
        await pilot.press("f2")
        await pilot.pause()
        assert "at least one scope" in screen_text(pilot)
        assert demo_app.screen.query_one("#scope-path").has_focus
        await write(pilot, "/a/[!b]")
        await pilot.press("f2")
        await pilot.pause()
        assert "[^b]" in screen_text(pilot)
        assert isinstance(demo_app.screen, Create)
        await pilot.press("f10")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "A form is filled in" in screen_text(pilot), "^q")
        await pilot.press("n", "ctrl+q")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks again")
        await pilot.press("y")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the form closes")
        assert tokens_shown(demo_app) == before


async def test_a_form_made_twice_makes_one_token(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        before = tokens_shown(demo_app)
        await choose(pilot, "ci-deploy")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await pilot.press("f2", "f2", "f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "the token is shown")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "even ^q asks")
        await pilot.press("n")
        await pilot.pause()
        assert vault(demo_app).tokens.count(vault(demo_app).projects.get()) == before + 1


async def test_a_token_revoked_elsewhere_under_its_details(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        token = await choose(pilot, "top-level")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "details open")
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        with Vault.open(demo_app.directory, actor="colleague", clock=demo_app.clock) as other:
            other.tokens.revoke([token])
        await pilot.pause(1.2)
        await pilot.press("y")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "the details close")
        await until(pilot, lambda: "is gone" in screen_text(pilot), "it says why")


async def test_a_pattern_made_elsewhere_can_be_looked_at(demo_app: StTui) -> None:
    with closing(sqlite3.connect(demo_app.directory / "vault.db")) as connection, connection:
        row = list(connection.execute("SELECT * FROM service_token WHERE version = 2").fetchone())
        columns = [column[1] for column in connection.execute("PRAGMA table_info(service_token)")]
        row[columns.index("id")] = "11111111-1111-4111-8111-111111111111"
        row[columns.index("name")] = "foreign"
        connection.execute("INSERT INTO service_token_scope VALUES (?, 0, 'dev', '/x***')", row[:1])
        connection.execute(f"INSERT INTO service_token VALUES ({', '.join('?' * len(row))})", row)
    async with demo_app.run_test(notifications=True, size=WIDE) as pilot:
        await opened(pilot)
        await choose(pilot, "foreign")
        assert "DENIED" in screen_text(pilot)
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await pilot.press("f2")
        await until(pilot, lambda: "not part of the scope language" in said(pilot), "refused")


async def test_pick_scopes_in_the_tree(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        await write(pilot, "tree")
        form = demo_app.screen
        assert isinstance(form, Create)
        await pilot.press("f4")
        await until(pilot, lambda: "Folders of dev" in screen_text(pilot), "the tree")
        await pilot.press("down")
        folder = vault(demo_app).folders.of_each(project_of(demo_app))["dev"][1]
        for expected in (folder, f"{folder}/*", f"{folder}/**", None):
            await pilot.press("space")
            await pilot.pause()
            wanted = () if expected is None else (Scope("dev", expected),)
            assert form.draft().scopes == wanted
        await pilot.press("space", "escape", "f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "the token is shown")
        assert token_named(demo_app, "tree").scopes == (Scope("dev", folder),)


async def test_the_verdict_changes_letter_by_letter(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=WIDE) as pilot:
        await opened(pilot)
        await choose(pilot, "ci-deploy")
        await pilot.press("t")
        await pilot.pause()
        verdicts = {}
        typed = "/"
        for letter in "common/db":
            await write(pilot, letter)
            await pilot.pause()
            typed += letter
            text = screen_text(pilot)
            verdicts[typed] = "✔ ALLOWED" in text
            assert ("✖ DENIED" in text) is not verdicts[typed]
        # The token reads dev:/common/**, which opens /common itself and all below.
        assert verdicts == {
            "/c": False,
            "/co": False,
            "/com": False,
            "/comm": False,
            "/commo": False,
            "/common": True,
            "/common/": True,  # one trailing slash is cut
            "/common/d": True,
            "/common/db": True,
        }
        demo_app.screen.query_one("#operation", Selector).focus()
        await pilot.press("right")  # write instead of read
        await pilot.pause()
        assert "permission" in screen_text(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert demo_app.screen.query_one(TokenList).has_focus


async def test_a_clone_says_what_it_allows_more_than_its_original(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=WIDE) as pilot:
        await opened(pilot)
        await choose(pilot, "folder1-children")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the clone's form opens")
        await until(pilot, lambda: "the same as the original" in screen_text(pilot), "the same")
        demo_app.screen.query_one("#scope-path", Field).focus()
        await write(pilot, "/folder1/**")
        await until(pilot, lambda: "+ Gains read dev:/folder1/**" in screen_text(pilot), "more")


@pytest.mark.parametrize("size", [SMALL, WIDE])
async def test_what_to_write_instead_of_a_refused_pattern_is_not_cut_off(
    demo_app: StTui, size: tuple[int, int]
) -> None:
    async with demo_app.run_test(size=size) as pilot:
        await opened(pilot)
        await pilot.press("n")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the form opens")
        demo_app.screen.query_one("#scope-path", Field).value = "/v1.2/***"
        await until(pilot, lambda: "between slashes for any depth." in said(pilot), "it is said")


async def test_clone_and_rotate(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        original = await choose(pilot, "ci-deploy")
        await pilot.press("c")
        await until(pilot, lambda: isinstance(demo_app.screen, Create), "the clone's form opens")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "the clone is shown")
        clone = token_named(demo_app, "ci-deploy copy")
        assert original.expires_at is not None
        assert clone.expires_at == NOW + original.expires_at - original.created_at
        assert clone.scopes == original.scopes
        await pilot.press("q", "x")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "it is closed")

        await choose(pilot, "ci-deploy")
        await pilot.press("r")
        await until(
            pilot,
            lambda: "= Allows the same as the original (proved)." in screen_text(pilot),
            "it says what changes",
        )
        await write(pilot, "2h")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, Created), "the new one is shown")
        old = vault(demo_app).tokens.get(original.id)
        assert old.expires_at == NOW + 2 * HOUR
        both = [
            t
            for t in vault(demo_app).tokens.page(vault(demo_app).projects.get())
            if t.name == "ci-deploy"
        ]
        assert sorted(t.expires_at or 0 for t in both) == [NOW + 2 * HOUR, original.expires_at]


@pytest.mark.parametrize("key", ["c", "r"])
async def test_a_token_that_ended_this_moment_is_told_of(
    demo_app: StTui, clock: Clock, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    monkeypatch.setattr(Tokens, "sweep", lambda _: [])  # the key comes before the sweep
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        token = await choose(pilot, "nightly-backup")
        assert token.expires_at is not None
        clock.now = token.expires_at
        await pilot.press(key)
        await until(
            pilot,
            lambda: any("expired at" in toast.message for toast in demo_app._notifications),
            "a toast says so",
        )


async def test_revoke_needs_a_yes(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        token = await choose(pilot, "top-level")
        before = tokens_shown(demo_app)
        for no in ("enter", "n", "q", "escape", "f10"):
            await pilot.press("d")
            await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
            await pilot.press(no)
            await until(pilot, lambda: len(demo_app.screen_stack) == 1, f"{no} closes it")
        assert tokens_shown(demo_app) == before
        await pilot.press("d")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        assert "top-level" in screen_text(pilot)
        await pilot.press("y")
        await until(pilot, lambda: tokens_shown(demo_app) == before - 1, "the row goes")
        newest = vault(demo_app).audit.page(limit=1)[0]
        assert (newest.event, newest.target) == ("delete-service-token", token.id)


async def test_watch_a_token_expire(demo_app: StTui, clock: Clock) -> None:
    async with demo_app.run_test(notifications=True, size=WIDE) as pilot:
        await opened(pilot)
        soonest = min(
            (t for t in vault(demo_app).tokens.page(vault(demo_app).projects.get())),
            key=lambda t: t.expires_at or 10**15,
        )
        assert soonest.expires_at is not None
        before = tokens_shown(demo_app)
        clock.now = soonest.expires_at - 1
        await pilot.pause(1.2)
        assert tokens_shown(demo_app) == before
        clock.now = soonest.expires_at
        await until(pilot, lambda: tokens_shown(demo_app) == before - 1, "the row goes")
        await until(
            pilot, lambda: f"“{soonest.name}” expired" in screen_text(pilot), "a toast says so"
        )
        tombstone = vault(demo_app).tokens.lookup(soonest.id).tombstone
        assert tombstone is not None
        assert tombstone.reason == "expired"


async def test_activate_and_trust_a_v3_token(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        await choose(pilot, "mobile-release")
        await pilot.press("a")
        await until(pilot, lambda: token_named(demo_app, "mobile-release").is_active, "active")
        await pilot.press("i")
        await pilot.pause()
        await pilot.press("ctrl+u")
        await write(pilot, "nonsense")
        await pilot.press("enter")
        await pilot.pause()
        assert "no IP address or CIDR block" in screen_text(pilot)
        await pilot.press("ctrl+u")
        await write(pilot, "10.0.0.0/8")
        await pilot.press("enter")
        trusted = parse_ranges(["10.0.0.0/8"])
        await until(
            pilot,
            lambda: token_named(demo_app, "mobile-release").trusted_ips == trusted,
            "the list is saved",
        )
        await choose(pilot, "ci-deploy")
        await pilot.press("a")
        await until(pilot, lambda: "Only V3 tokens" in screen_text(pilot), "it says why not")


async def test_details_show_the_audit_trail(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=WIDE) as pilot:
        await opened(pilot)
        token = await choose(pilot, "ci-deploy")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(demo_app.screen, TokenScreen), "details open")
        text = screen_text(pilot)
        assert token.id in text
        assert "dev:/common/**" in text
        assert "create-service-token" in text or "get-secrets" in text
        await pilot.press("q")
        await until(pilot, lambda: len(demo_app.screen_stack) == 1, "details close")


async def test_filter_and_sort(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        everything = tokens_shown(demo_app)
        await pilot.press("slash")
        await write(pilot, "prod:")
        await pilot.pause()
        names = [t.name for t in _listed(demo_app)]
        assert 0 < len(names) < everything
        assert all(any(s.environment == "prod" for s in t.scopes) for t in _listed(demo_app))
        await pilot.press("escape")
        await until(pilot, lambda: tokens_shown(demo_app) == everything, "the filter is dropped")
        await pilot.press("s")
        await pilot.pause()
        names = [t.name.lower() for t in _listed(demo_app)]
        assert names == sorted(names)
        await pilot.press("s")
        await pilot.pause()
        ends = [t.expires_at or 10**15 for t in _listed(demo_app)]
        assert ends == sorted(ends)


async def test_a_colleagues_change_appears_and_the_cursor_stays(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        chosen = await choose(pilot, "top-level")
        before = tokens_shown(demo_app)
        with Vault.open(demo_app.directory, actor="colleague", clock=demo_app.clock) as other:
            draft = TokenDraft(
                "theirs", (Scope("dev", "/x"),), frozenset({Permission.READ}), NOW + DAY
            )
            other.tokens.create(other.projects.get(), draft)
        await until(pilot, lambda: tokens_shown(demo_app) == before + 1, "their token appears")
        assert "theirs" in screen_text(pilot)
        current = demo_app.screen.query_one(TokenList).current
        assert current is not None
        assert current.id == chosen.id


async def test_a_project_that_a_colleague_deleted_is_told_of(demo_app: StTui) -> None:
    async with demo_app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot)
        projects = vault(demo_app).projects
        shop, demo = projects.create("Shop"), projects.get("demo")
        projects.delete(demo)
        await until(pilot, lambda: "st-tui  Shop" in screen_text(pilot), "another one is shown")
        await until(
            pilot,
            lambda: "The project “Demo” was deleted. This is “Shop”." in screen_text(pilot),
            "which is said",
        )
        projects.delete(shop)
        await until(
            pilot, lambda: "“Shop” was deleted.\n" in screen_text(pilot), "no other is left"
        )


async def test_folders_and_environments(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        project = vault(demo_app).projects.get()
        await pilot.press("2")
        await pilot.pause()
        await pilot.press("f")
        await pilot.pause()
        await pilot.press("ctrl+u")
        await write(pilot, "/new/deep")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: "/new/deep" in vault(demo_app).folders.every(project, "dev"),
            "the folder is made, and its parent",
        )
        await pilot.press("e")
        await pilot.pause()
        await write(pilot, "qa Quality")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: Environment("qa", "Quality") in vault(demo_app).environments.every(project),
            "the environment is made",
        )
        await pilot.press("shift+tab", "home", "d")  # Development, which tokens name
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await until(pilot, lambda: "office-sync" in screen_text(pilot), "it names tokens")
        await pilot.press("y")
        await until(
            pilot,
            lambda: "dev" not in [e.slug for e in vault(demo_app).environments.every(project)],
            "the environment is gone",
        )
        await pilot.press("1")
        await pilot.pause()
        assert "orphan" in screen_text(pilot)


async def test_what_is_there_already_is_said_in_the_question(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        await pilot.press("2")
        await pilot.pause()
        for key, typed, said in (
            ("f", "/common", "There is a folder /common in dev already."),
            ("e", "dev Again", "There is an environment 'dev' already."),
        ):
            await pilot.press(key)
            await pilot.pause()
            await pilot.press("ctrl+u")
            await write(pilot, typed)
            await pilot.press("enter")
            await pilot.pause()
            assert said in screen_text(pilot)
            assert demo_app.screen.query_one(Field).value == typed
            await pilot.press("escape")
            await pilot.pause()


async def test_the_audit_page(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=WIDE) as pilot:
        await opened(pilot)
        await pilot.press("3")
        await pilot.pause()
        assert "get-secrets" in screen_text(pilot)
        await pilot.press("slash")
        await write(pilot, "create-service-token")
        await pilot.pause()
        assert "get-secrets" not in screen_text(pilot)
        await pilot.press("escape", "v")
        await until(pilot, lambda: "whole chain holds" in screen_text(pilot), "it is verified")


async def test_e2ee_is_switched_after_a_question(demo_app: StTui) -> None:
    async with demo_app.run_test(notifications=True, size=SMALL) as pilot:
        await opened(pilot)
        assert "E2EE on" in screen_text(pilot)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(demo_app.screen, Confirm), "it asks")
        await pilot.press("y")
        await until(pilot, lambda: not vault(demo_app).projects.get().e2ee, "it is off")
        await until(pilot, lambda: "E2EE off" in screen_text(pilot), "it says so")


async def test_what_a_colleague_switched_shows_with_ones_own_next_change(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        assert demo_app.project is not None
        with Vault.open(demo_app.directory, actor="colleague") as other:
            other.projects.set_e2ee(other.projects.get(), on=False)
        await demo_app.change(
            "Making it", lambda v: v.folders.create(v.projects.get(), "dev", "/x")
        )
        await pilot.pause()
        assert "E2EE off" in screen_text(pilot)


async def test_the_first_run_makes_a_vault(tmp_path: Path, clock: Clock) -> None:
    looks = Appearance("st-tui-dark", ansi_color=False, ascii_only=False)
    app = StTui(tmp_path / "new", looks, actor="operator", clock=clock)
    async with app.run_test(notifications=True, size=SMALL) as pilot:
        await until(pilot, lambda: isinstance(app.screen, Welcome), "the welcome is shown")
        await pilot.press("enter")
        await until(pilot, lambda: "is empty" in screen_text(pilot), "an empty name is refused")
        await write(pilot, "Payments")
        await pilot.press("enter")
        await until(pilot, lambda: app.project is not None, "the project is made")
        assert project_of(app).slug == "payments"
        await until(pilot, lambda: "No tokens yet" in screen_text(pilot), "it says what to do")


def _listed(app: StTui) -> list[ServiceToken]:
    listing = app.screen.query_one(TokenList)
    items = (listing.item(index) for index in range(listing.count))
    return [item for item in items if item is not None]


async def test_trusted_addresses_are_judged_while_they_are_typed(demo_app: StTui) -> None:
    async with demo_app.run_test(size=SMALL) as pilot:
        await opened(pilot)
        token = await choose(pilot, "office-sync")
        await pilot.press("i")
        command = f"$ st-tui service-token trust {token.id[:8]}… --trusted-ip"
        for typed, said in (
            ("10.0.0.0/8 192.0.2.7", "2 blocks: any other address is refused."),
            ("0.0.0.0/0 ::/0", "Any address may use the token."),
            ("", "At least one is needed: 0.0.0.0/0 and ::/0"),
            ("10.0.0.0/99", "✖ "),
        ):
            await pilot.press("ctrl+u")
            await write(pilot, typed)
            await until(pilot, lambda said=said: said in screen_text(pilot), said)  # type: ignore[misc]
            is_valid = not ("✖" in said or "needed" in said)
            assert (command in screen_text(pilot)) is is_valid
