"""`service-token list`, `show`, `inspect`, `delete`, and the switches of V3."""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from st_tui.core.access import decide
from st_tui.core.expiry import HOUR, in_utc
from st_tui.core.model import AccessRequest, NewToken, Permission, Scope, TokenDraft
from st_tui.core.vault import Access, Vault
from tests.cli.conftest import NOW, Run, assert_refused, create
from tests.terminal_session import TerminalSession

FIELDS = {
    "id", "name", "scopes", "permissions", "expiresAt", "lastUsed", "createdAt", "projectId",
    "version", "isActive", "trustedIps", "createdBy",
}  # fmt: skip


LATER = 4_102_444_800_000
"""2100-01-01T00:00:00Z."""
REQUEST = AccessRequest("dev", "/", Permission.READ, NOW)


@pytest.fixture
def ended(vault: Vault) -> NewToken:
    """A token that ended long ago and that nobody has swept."""
    draft = TokenDraft(
        name="old",
        scopes=(Scope("dev", "/**"),),
        permissions=frozenset({Permission.READ}),
        expires_at=NOW + HOUR,
    )
    return vault.tokens.create(vault.projects.get(), draft)


def ids(run: Run, *options: str) -> list[str]:
    listed = run("service-token", "list", "--json", *options).json["serviceTokenData"]
    return [token["id"] for token in listed]


def test_list_shows_what_matters(run: Run, directory: Path) -> None:
    create(run, "--name", "six months", "--expires-in", "6months")
    create(
        run, "--name", "検索", "--never", "--token-version", "3", scope="prod:/**", level="write"
    )
    out = run("service-token", "list").out
    first, second = out.splitlines()[1:]
    for part in ("検索", "V3", "write", "never", "inactive", "prod:/**"):
        assert part in first
    for part in ("six months", "V2", "read", "in 6 months (20", "active", "dev:/common/**"):
        assert part in second
    # Two columns for each of the wide characters.
    assert first.index("V3") + 2 == second.index("V2")


def test_list_in_json_is_the_newest_first_with_infisicals_fields(run: Run, directory: Path) -> None:
    old, new = (create(run)["serviceTokenData"] for _ in range(2))
    listed = run("service-token", "list", "--json").json
    assert listed.keys() == {"serviceTokenData"}
    assert {token["id"] for token in listed["serviceTokenData"]} == {old["id"], new["id"]}
    assert all(token.keys() == FIELDS for token in listed["serviceTokenData"])


def test_list_those_that_expire_soon(run: Run, directory: Path) -> None:
    create(run, "--never")
    create(run, "--expires-in", "30d")
    later = create(run, "--expires-in", "6d")["serviceTokenData"]["id"]
    sooner = create(run, "--expires-in", "2d")["serviceTokenData"]["id"]
    assert ids(run, "--expiring-within", "7d") == [sooner, later]
    assert ids(run, "--expiring-within", "1d") == []
    assert_refused(run("service-token", "list", "--expiring-within", "soon"), "no duration")


def test_list_of_nothing_is_just_the_titles(run: Run, directory: Path) -> None:
    result = run("service-token", "list")
    assert (result.status, len(result.out.splitlines())) == (0, 1)


def test_names_that_reached_the_database_otherwise_are_shown_harmlessly(
    run: Run, vault: Vault, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("st_tui.core.drafts.check_draft", lambda draft, *_: draft)
    draft = TokenDraft(
        name="\x1b]0;owned\x07\u202e",
        scopes=(Scope("dev", "/\x1b[2J"),),
        permissions=frozenset({Permission.READ}),
        expires_at=None,
    )
    token_id = vault.tokens.create(vault.projects.get(), draft).token.id
    for arguments in (
        ("service-token", "list"),
        ("service-token", "show", token_id),
        ("service-token", "list", "--json"),
        ("audit", "list"),
        ("audit", "list", "--json"),
        ("service-token", "delete", token_id, "--yes"),
    ):
        out = run(*arguments).out
        assert "x1b" in out or "u001b" in out
        assert out.replace("\n", "").isprintable()


def test_show(run: Run, directory: Path) -> None:
    made = create(run, "--token-version", "3", "--trusted-ip", "10.0.0.0/8", "--never")
    data = made["serviceTokenData"]
    assert run("service-token", "show", data["id"], "--json").json == {"serviceTokenData": data}
    out = run("service-token", "show", data["id"]).out
    for part in (data["id"], "inactive", "dev:/common/**", "10.0.0.0/8", "never", "V3"):
        assert part in out


def test_an_id_that_is_not_there_is_the_answer_no(run: Run, directory: Path) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    for command in ("show", "delete", "clone", "rotate", "activate", "deactivate"):
        for missing in ("", "nope", token_id[:-1], token_id.upper(), "\x1b[2J"):
            options = ["--yes"] if command == "delete" else []
            result = run("service-token", command, missing, *options)
            assert_refused(result, "no token", status=1)
    assert ids(run) == [token_id]


def test_a_token_of_another_project_is_refused_if_one_is_stated(run: Run, directory: Path) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    run("project", "create", "--name", "Other")
    assert run("service-token", "show", token_id).status == 0
    assert run("service-token", "show", token_id, "--project", "shop").status == 0
    for command in (["show"], ["delete", "--yes"], ["clone"], ["rotate"]):
        result = run("service-token", *command, token_id, "--project", "other")
        assert_refused(result, "another project")


def test_an_ended_token_is_swept_by_what_manages_and_not_by_what_judges(
    run: Run, vault: Vault, ended: NewToken
) -> None:
    text = ended.text.full.encode()
    inspected = run("service-token", "inspect", "-", stdin=text)
    assert inspected.status == 0
    assert "expired (2026-01-02)" in inspected.out
    assert run("audit", "list").status == 0
    assert vault.tokens.lookup(ended.token.id).token is not None
    assert ids(run) == []
    assert vault.tokens.lookup(ended.token.id).token is None
    gone = run("service-token", "show", ended.token.id)
    assert_refused(gone, "expired", "2026-01-02T04:04:05.000Z", status=1)
    inspected = run("service-token", "inspect", "-", stdin=text)
    assert (inspected.status, inspected.err) == (1, "")
    assert "expired at 2026-01-02T04:04:05.000Z" in inspected.out
    assert run("service-token", "inspect", "-", "--json", stdin=text).json == {
        "serviceTokenData": None,
        "status": "expired",
        "secretMatches": None,
    }


@pytest.mark.parametrize("details", ["", "{", "[]", "{}", '{"expiresAt":1}', '{"expiresAt":"x"}'])
def test_a_tombstone_changed_elsewhere_still_says_expired(
    run: Run, vault: Vault, directory: Path, ended: NewToken, details: str
) -> None:
    """Its end is lost then, but not the time at which it was swept."""
    assert ids(run) == []
    with closing(sqlite3.connect(directory / "vault.db")) as connection, connection:
        connection.execute("DROP TRIGGER audit_log_no_update")
        connection.execute(
            "UPDATE audit_log SET details = ?, time = ? WHERE reason = 'expired'",
            (details, NOW),
        )
    swept = "2026-01-02T03:04:05.000Z"
    assert_refused(run("service-token", "show", ended.token.id), "expired", swept, status=1)
    asked = ("--env", "dev", "--path", "/", "--operation", "read", "--json")
    assert run("check", "--token-id", ended.token.id, *asked).json["reason"] == "expired"
    assert run("audit", "verify").status == 1


def test_inspect_tells_a_right_secret_from_a_wrong_one(run: Run, directory: Path) -> None:
    made = create(run, "--name", "ci")
    data, token_id = made["serviceTokenData"], made["serviceTokenData"]["id"]
    for text in (made["serviceToken"], made["accessToken"], f"\n {made['accessToken']}\n"):
        result = run("service-token", "inspect", "-", stdin=text.encode())
        assert (result.status, result.err) == (0, "")
        assert "matches" in result.out
        assert "ci" in result.out
        for secret in made["serviceToken"].split(".")[2:]:
            assert secret not in result.out
    wrong = f"st.{token_id}.{'0' * 32}".encode()
    result = run("service-token", "inspect", "-", stdin=wrong)
    assert result.status == 1
    assert "does not match" in result.out
    as_v3 = made["serviceToken"].replace("st.", "stv3.").encode()
    for text, matches in ((made["accessToken"].encode(), True), (wrong, False), (as_v3, False)):
        result = run("service-token", "inspect", "-", "--json", stdin=text)
        assert result.json == {
            "serviceTokenData": data,
            "status": "active",
            "secretMatches": matches,
        }


def test_inspect_an_unknown_token(run: Run, directory: Path) -> None:
    text = f"st.{'0' * 8}-0000-4000-8000-{'0' * 12}.{'a' * 32}".encode()
    result = run("service-token", "inspect", "-", stdin=text)
    assert (result.status, result.err) == (1, "")
    assert "knows no token" in result.out
    assert "aaa" not in result.out
    assert run("service-token", "inspect", "-", "--json", stdin=text).json == {
        "serviceTokenData": None,
        "status": "unknown",
        "secretMatches": False,
    }


def test_a_token_on_the_command_line_is_taken_with_a_warning(run: Run, directory: Path) -> None:
    result = run("service-token", "inspect", create(run)["serviceToken"])
    assert result.status == 0
    assert "process list" in result.err


@pytest.mark.parametrize(
    "text", [b"", b"\n", b"st.a.b", b"hello", b"\xff\xfe", b"st." * 3_000_000, b"\0" * 5000]
)
def test_what_is_no_token_text_is_refused(run: Run, directory: Path, text: bytes) -> None:
    result = run("service-token", "inspect", "-", stdin=text)
    assert_refused(result, "no service token")


def inspecting(directory: Path) -> TerminalSession:
    """A person asked for a token at a real terminal."""
    command = [sys.executable, "-m", "st_tui", "service-token", "inspect", "-"]
    session = TerminalSession([*command, "--vault", str(directory)])
    session.wait_for("Service token: ")
    return session


@pytest.mark.parametrize("columns", [200, 60, 25])
@pytest.mark.parametrize("end", ["\r", "", "\n"])
def test_a_token_pasted_at_the_terminal_is_taken_whole_and_not_shown(
    run: Run, directory: Path, columns: int, end: str
) -> None:
    """As st-tui shows it, or as a terminal of so many columns wrapped it."""
    new = create(run)
    text, key = new["serviceToken"], new["serviceToken"].rpartition(".")[2]
    lines = [new["accessToken"], f".{key}"]
    if columns < 200:
        lines = [text[at : at + columns] for at in range(0, len(text), columns)]
    with inspecting(directory) as session:
        session.type("\r".join(lines) + end)
        if not end:
            session.type("\r")
        session.wait_for(new["serviceTokenData"]["id"])
        assert session.wait_exit() == 0
        for secret in text.split(".")[2:]:
            assert secret[:20] not in session.text
        assert session.modes == session.modes_before


def test_keys_that_delete_and_leave_work_where_a_token_is_asked_for(
    run: Run, directory: Path
) -> None:
    text = create(run)["serviceToken"]
    with inspecting(directory) as session:
        session.type(f"wrong\x15{text}xy\x7f\x7f\r")
        assert session.wait_exit() == 0
    for keys, status, said in (
        ("\x04", 2, "No token was typed"),
        ("\r", 2, "No token was typed"),
        ("\x03", 130, ""),
    ):
        with inspecting(directory) as session:
            session.type(keys)
            assert session.wait_exit() == status
            session.wait_for(said)
            assert session.modes == session.modes_before


def test_delete_is_all_or_none(run: Run, directory: Path) -> None:
    first, second, third = (create(run, "--name", n)["serviceTokenData"]["id"] for n in "abc")
    assert_refused(run("service-token", "delete", first, "nope", "--yes"), "nope", status=1)
    assert len(ids(run)) == 3
    result = run("service-token", "delete", first, second, first, "--yes")
    assert (result.status, result.out) == (0, "Deleted 2 service tokens: a, b.\n")
    assert ids(run) == [third]


def test_delete_asks_first(run: Run, directory: Path, answer: Callable[[str], None]) -> None:
    token_id = create(run, "--name", "ci")["serviceTokenData"]["id"]
    for typed in ("", "\n", "n\n", "yeah\n"):
        answer(typed)
        result = run("service-token", "delete", token_id)
        assert (result.status, result.out) == (1, "")
        about, question = result.err.splitlines()[:2]
        assert about.startswith(f"ci  {token_id}  created 20")
        assert about.endswith(" UTC  never used")
        assert question.startswith("Delete 1 service token: ci? [y/N] ")
        assert ids(run) == [token_id]
    answer("y\n")
    assert run("service-token", "delete", token_id).status == 0
    assert ids(run) == []


def test_a_rotated_token_is_told_from_its_successor(
    run: Run, vault: Vault, answer: Callable[[str], None]
) -> None:
    scopes = (Scope("dev", "/**"), Scope("dev", "/not-there"))
    draft = TokenDraft("ci", scopes, frozenset({Permission.READ}), expires_at=LATER)
    old = vault.tokens.create(vault.projects.get(), draft).token
    access = Access("get-secrets", vault.projects.get(), old, REQUEST, decide(old, REQUEST))
    vault.audit.record([access])
    rotated = run("service-token", "rotate", old.id, "--overlap", "3600", "--json")
    new = rotated.json["serviceTokenData"]["id"]
    until = f"(old, until {in_utc(vault.tokens.get(old.id).expires_at or 0)})"
    for command in (
        ("service-token", "list"),
        ("scope", "who", "--env", "dev", "--path", "/", "--operation", "read"),
        ("scope", "matrix", "--env", "dev"),
    ):
        rows = [line for line in run(*command).out.splitlines() if "ci" in line]
        rows = [row for row in rows if row.split()[0] in ("ci", new, old.id)]
        assert [until in row for row in rows] == [False, True], command
    assert "ci (old, until" in run("scope", "lint").out
    assert f"Replaces     ci  {old.id}  works until" in run("service-token", "show", new).out
    shown = run("service-token", "show", old.id).out
    assert f"Name         ci {until}" in shown
    assert f"Replaced by  ci  {new}  works until" in shown
    assert run("service-token", "show", old.id, "--json").json["serviceTokenData"]["name"] == "ci"
    answer("n\n")
    asked = run("service-token", "delete", new, old.id).err.splitlines()
    assert asked[0].startswith(f"ci  {new}  created ")
    assert asked[1] == (
        f"ci {until}  {old.id}  created 2026-01-02 03:04 UTC  last used 2026-01-02 03:04 UTC"
    )
    assert asked[2].startswith(f"Delete 2 service tokens: ci, ci {until}? [y/N]")


def test_a_v3_token_is_switched_and_trusts(run: Run, directory: Path) -> None:
    def shown() -> Any:
        return run("service-token", "show", token_id, "--json").json["serviceTokenData"]

    token_id = create(run, "--token-version", "3")["serviceTokenData"]["id"]
    assert (shown()["isActive"], shown()["trustedIps"]) == (False, ["0.0.0.0/0", "::/0"])
    assert run("service-token", "activate", token_id).status == 0
    assert shown()["isActive"] is True
    assert run("service-token", "deactivate", token_id).status == 0
    assert shown()["isActive"] is False
    trust = ("service-token", "trust", token_id)
    assert run(*trust, "--trusted-ip", "10.0.0.0/8", "--trusted-ip", "::1").status == 0
    assert shown()["trustedIps"] == ["10.0.0.0/8", "::1/128"]
    assert_refused(run(*trust, "--trusted-ip", "10.0.0.0/99"), "CIDR")
    assert_refused(run(*trust), "--trusted-ip")
    assert shown()["trustedIps"] == ["10.0.0.0/8", "::1/128"]


def test_a_v2_token_has_no_switches(run: Run, directory: Path) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    for command in (["activate"], ["deactivate"], ["trust", "--trusted-ip", "::1"]):
        assert_refused(run("service-token", *command, token_id), "V2")
