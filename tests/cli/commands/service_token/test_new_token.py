"""`service-token create`, `clone` and `rotate`."""

from __future__ import annotations

import re
import sqlite3
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from st_tui.core.expiry import DAY, iso
from st_tui.core.vault import Vault
from tests.cli.conftest import NOW, Run, assert_refused, create

TOKEN = re.compile(r"\b(?:st|stv3)\.[0-9a-f-]{36}\.[0-9a-f]{32}\.[0-9a-f]{32}\b")
BASICS = ("service-token", "create", "--scope", "dev:/a", "--access-level", "read")


def seconds(token: Any) -> float:
    """How long a token of the JSON contract lives from its creation."""
    created, ends = (datetime.fromisoformat(token[key]) for key in ("createdAt", "expiresAt"))
    return (ends - created).total_seconds()


def count(run: Run) -> int:
    return len(run("service-token", "list", "--json").json["serviceTokenData"])


def test_create_prints_the_token_once_and_says_so(run: Run, directory: Path) -> None:
    assert run("folders", "create", "--env", "dev", "--path", "/a").status == 0
    result = run(*BASICS, "--name", "ci")
    assert (result.status, result.err) == (0, "")
    assert len(TOKEN.findall(result.out)) == 1
    for part in ("ci", "dev:/a", "read", "in 1 d", "only time", "access token", "symmetric key"):
        assert part in result.out


def test_the_secret_is_nowhere_in_the_vault(run: Run, directory: Path) -> None:
    _, _, secret, key = create(run)["serviceToken"].split(".")
    for file in directory.rglob("*"):
        if file.is_file():
            content = file.read_bytes()
            assert secret.encode() not in content
            assert key.encode() not in content


def test_the_json_of_a_new_token(run: Run, directory: Path) -> None:
    made = create(run, "--access-level", "write", "--scope", "prod:/x/*", level="read")
    assert made.keys() == {"serviceToken", "accessToken", "serviceTokenData"}
    assert TOKEN.fullmatch(made["serviceToken"])
    assert made["serviceToken"].startswith(made["accessToken"] + ".")
    data = made["serviceTokenData"]
    assert data["name"] == "Service token made with st-tui"
    assert data["scopes"] == [
        {"environment": "dev", "secretPath": "/common/**"},
        {"environment": "prod", "secretPath": "/x/*"},
    ]
    assert data["permissions"] == ["read", "write"]
    assert (data["version"], data["isActive"], data["trustedIps"]) == (2, True, None)
    assert data["lastUsed"] is None
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", data["createdAt"])


def test_token_only_prints_the_four_parts_and_a_newline(run: Run, directory: Path) -> None:
    result = run(*BASICS, "--token-only")
    assert TOKEN.fullmatch(result.out.removesuffix("\n"))
    assert result.err == "Warning: Scope 1: matches no folder that is in dev now.\n"
    assert_refused(run(*BASICS, "--token-only", "--json"), "--token-only", "--json")


@pytest.mark.parametrize(
    ("options", "lives"),
    [
        ((), 86_400),
        (("--expiry-seconds", "90"), 90),
        (("--expires-in", "6months"), 15_552_000),
        (("--expires-in", "1h30m"), 5_400),
    ],
)
def test_how_long_a_token_lives(
    run: Run, directory: Path, options: tuple[str, ...], lives: int
) -> None:
    assert seconds(create(run, *options)["serviceTokenData"]) == lives


def test_a_token_ends_when_stated_or_never(run: Run, directory: Path) -> None:
    for options in (("--never",), ("--expiry-seconds", "0")):
        assert create(run, *options)["serviceTokenData"]["expiresAt"] is None
    for text in ("2999-01-31", "2999-01-31T01:00:00+01:00", "2999-01-31T00:00:00"):
        data = create(run, "--expires-at", text)["serviceTokenData"]
        assert data["expiresAt"] == "2999-01-31T00:00:00.000Z"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--expiry-seconds", "-1"), "negative"),
        (("--expiry-seconds", "99999999999999999999"), "9999"),
        (("--expires-in", "999999999999years"), "9999"),
        (("--expires-in", "0d"), "not in the future"),
        (("--expires-in", "soon"), "no duration"),
        (("--expires-at", "2001-01-01"), "not in the future"),
        (("--expires-at", "tomorrow"), "no date"),
        (("--never", "--expires-in", "1d"), "twice"),
        (("--expiry-seconds", "0", "--never"), "twice"),
        (("--name", ""), "empty"),
        (("--name", "   "), "empty"),
        (("--name", "x" * 101), "100 at most"),
        (("--name", "\x1b]0;x\x07"), "\\x1b"),
        (("--name", "a\nb"), "\\x0a"),
        (("--scope", "nope:/a"), "dev, staging, prod"),
        (("--scope", "/a"), "environment:/path"),
        (("--scope", "dev:/\x1b[2J"), "\\x1b"),
        (("--scope", "\x1b:/a"), "\\x1b"),
        (("--scope", "dev:/[!a]"), "[!a]"),
        (("--trusted-ip", "10.0.0.0/8"), "V3"),
        (("--active",), "V3"),
        (("--inactive",), "V3"),
        (("--token-version", "4"), "--token-version"),
        (("--token-version", "3", "--trusted-ip", "10.0.0.0/33"), "CIDR"),
        (("--token-version", "3", "--trusted-ip", ""), "CIDR"),
        (("--project", "nope"), "nope"),
    ],
)
def test_what_create_refuses(
    run: Run, directory: Path, options: tuple[str, ...], said: str
) -> None:
    assert_refused(run(*BASICS, *options), said)
    assert count(run) == 0


def test_adjusted_scopes_are_told_on_stderr(run: Run, directory: Path) -> None:
    result = run(*BASICS, "--scope", "dev: common/** ", "--scope", "prod:/x/", "--json")
    assert [scope["secretPath"] for scope in result.json["serviceTokenData"]["scopes"]] == [
        "/a", "/common/**", "/x",
    ]  # fmt: skip
    said = result.err.splitlines()
    assert "leading slash" in said[-2]
    assert "trailing slash" in said[-1]


@pytest.mark.parametrize("form", [(), ("--json",), ("--token-only",)])
def test_create_and_clone_say_on_stderr_what_the_form_says(
    run: Run, directory: Path, form: tuple[str, ...]
) -> None:
    assert run("folders", "create", "--env", "dev", "--path", "/a/b").status == 0
    options = ("--scope", "dev:/a/*", "--scope", "prod:/\u0441ommon/$x", "--never", *form)
    first = run(*BASICS, *options, "--name", "\u0441i")
    assert first.err.splitlines() == [
        "Warning: The name mixes Cyrillic and Latin letters: it has \u0441 U+0441 "
        "(CYRILLIC SMALL LETTER ES), which looks like c.",
        "Warning: Scope 2: /a/* leaves out /a itself and all that is deeper.",
        "Warning: Scope 3: can never match a folder (proved): it has \u0441 U+0441 "
        "(CYRILLIC SMALL LETTER ES), which looks like c, and folder names have only "
        "a-z, A-Z, 0-9, - and _.",
        "Warning: It never expires: it lives until somebody revokes it.",
    ]
    assert len(TOKEN.findall(first.out)) == 1
    again = run(*BASICS, *form, "--name", "ci")
    assert again.err == ("Warning: The name looks like that of another token: “\u0441i”.\n")
    same = run(*BASICS, *form, "--name", "ci", "--access-level", "write")
    assert "Warning: 1 other token has the same name: only the id tells them apart.\n" in same.err
    assert "Warning: No other token may write to dev.\n" in same.err
    token_id = run("service-token", "list", "--json").json["serviceTokenData"][0]["id"]
    clone = run("service-token", "clone", token_id, "--name", "\u0441i", *form)
    assert "Warning: The name mixes Cyrillic and Latin letters" in clone.err
    assert "Warning: 1 other token has the same name" in clone.err
    assert TOKEN.search(clone.out)
    assert run("service-token", "rotate", token_id, *form).err == ""


@pytest.mark.parametrize("name", ["ci\u200b", "\U000e0063i", "ci\u3164", "c\u00adi", " ci", "ci "])
def test_a_name_that_nobody_could_tell_from_another_is_refused(
    run: Run, directory: Path, name: str
) -> None:
    assert_refused(run(*BASICS, "--name", name), "U+", "leave it out")
    data = create(run)["serviceTokenData"]
    assert_refused(run("service-token", "clone", data["id"], "--name", name), "U+")
    assert count(run) == 1
    assert_refused(run("project", "create", "--name", name), "The project name", "U+")


def test_create_v3(run: Run, directory: Path) -> None:
    made = create(run, "--token-version", "3")
    assert made["serviceToken"].startswith("stv3.")
    data = made["serviceTokenData"]
    assert (data["version"], data["isActive"]) == (3, False)
    assert data["trustedIps"] == ["0.0.0.0/0", "::/0"]
    data = create(run, "--token-version", "3", "--active", "--trusted-ip", "10.0.0.7/8")[
        "serviceTokenData"
    ]
    assert (data["isActive"], data["trustedIps"]) == (True, ["10.0.0.0/8"])


def test_clone_keeps_the_duration_and_starts_a_v3_inactive(run: Run, directory: Path) -> None:
    data = create(run, "--name", "ci", "--expires-in", "3d")["serviceTokenData"]
    copy = run("service-token", "clone", data["id"], "--json").json["serviceTokenData"]
    assert copy["name"] == "ci copy"
    assert copy["id"] != data["id"]
    assert seconds(copy) == 3 * 86_400
    assert copy["scopes"] == data["scopes"]
    other = run("service-token", "clone", data["id"], "--name", "cd", "--json").json
    assert other["serviceTokenData"]["name"] == "cd"
    assert_refused(run("service-token", "clone", data["id"], "--name", "x" * 101), "100 at most")
    assert_refused(run("service-token", "clone", data["id"], "--name", ""), "empty")
    v3 = create(run, "--token-version", "3", "--active")["serviceTokenData"]["id"]
    copy = run("service-token", "clone", v3, "--json").json["serviceTokenData"]
    assert (copy["version"], copy["isActive"]) == (3, False)
    assert TOKEN.fullmatch(run("service-token", "clone", v3, "--token-only").out.strip())
    assert count(run) == 6


def test_rotate_replaces_the_token_and_keeps_its_end(run: Run, directory: Path) -> None:
    old = create(run, "--name", "ci", "--expires-in", "3d")
    data = old["serviceTokenData"]
    result = run("service-token", "rotate", data["id"], "--json")
    new = result.json["serviceTokenData"]
    assert result.err == ""
    assert (new["name"], new["expiresAt"]) == ("ci", data["expiresAt"])
    assert new["id"] != data["id"]
    assert run("service-token", "show", data["id"]).status == 1
    text = old["serviceToken"].encode()
    assert run("service-token", "inspect", "-", stdin=text).status == 1
    later = run("service-token", "rotate", new["id"], "--never", "--json").json
    assert later["serviceTokenData"]["expiresAt"] is None
    result = run("service-token", "rotate", later["serviceTokenData"]["id"], "--expires-in", "1d")
    assert len(TOKEN.findall(result.out)) == 1
    assert count(run) == 1


def test_rotate_can_let_both_live_for_a_while(run: Run, directory: Path) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    result = run("service-token", "rotate", token_id, "--overlap", "3600", "--json")
    old = run("service-token", "show", token_id, "--json").json["serviceTokenData"]
    assert result.err == f"The old token works until {old['expiresAt']}.\n"
    assert old["expiresAt"] < result.json["serviceTokenData"]["expiresAt"]
    assert count(run) == 2


def test_an_overlap_cut_to_the_token_s_own_end_says_so(run: Run, directory: Path) -> None:
    data = create(run, "--expires-in", "2h")["serviceTokenData"]
    result = run("service-token", "rotate", data["id"], "--overlap", "86400", "--token-only")
    assert result.err == (
        f"The old token works until {data['expiresAt']}: "
        "the overlap is cut to the token's own end.\n"
    )
    assert TOKEN.fullmatch(result.out.strip())


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--overlap", "-1"), "negative"),
        (("--overlap", "99999999999999999999"), "9999"),
        (("--expires-at", "2001-01-01"), "not in the future"),
        (("--never", "--expires-in", "1d"), "twice"),
    ],
)
def test_what_rotate_refuses(
    run: Run, directory: Path, options: tuple[str, ...], said: str
) -> None:
    token_id = create(run)["serviceTokenData"]["id"]
    assert_refused(run("service-token", "rotate", token_id, *options), said)
    assert run("service-token", "show", token_id).status == 0
    assert count(run) == 1


def test_a_change_and_its_audit_entry_are_one(run: Run, directory: Path, vault: Vault) -> None:
    before = vault.audit.count()
    with sqlite3.connect(directory / "vault.db") as connection:
        connection.execute(
            "CREATE TRIGGER stop BEFORE INSERT ON audit_log BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
    connection.close()
    assert_refused(run(*BASICS))
    assert vault.audit.count() == before
    assert vault.tokens.count(vault.projects.get()) == 0


def test_expires_at_may_not_be_now(run: Run, directory: Path) -> None:
    assert_refused(run(*BASICS, "--expires-at", iso(NOW - DAY)), "not in the future")
