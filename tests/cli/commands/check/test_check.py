"""`check` of one request: of inline scopes, of a token by its id, of a token by its text."""

from __future__ import annotations

from pathlib import Path

import pytest

from st_tui.core.expiry import HOUR, iso
from st_tui.core.model import Permission, Scope, TokenDraft
from st_tui.core.vault import Vault
from tests.cli.conftest import NOW, Result, Run, assert_refused, create


def where(
    path: str = "/common/db", operation: str = "read", environment: str = "dev"
) -> tuple[str, ...]:
    return ("--env", environment, "--path", path, "--operation", operation)


def inline(run: Run, *options: str, scope: str = "dev:/common/**") -> Result:
    return run("check", "--scope", scope, "--access-level", "read", *options)


@pytest.fixture(autouse=True)
def _nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ST_TUI_VAULT", "/nowhere")


def test_inline_scopes_need_no_vault(run: Run) -> None:
    result = inline(run, *where())
    assert (result.status, result.err) == (0, "")
    assert result.out.startswith("ALLOWED  by scope 1  dev:/common/**\n")
    result = inline(run, *where("/other"))
    assert (result.status, result.err) == (1, "")
    assert result.out.startswith("DENIED  path: no scope in dev matches /other\n")


def test_the_answer_in_json(run: Run) -> None:
    result = inline(run, "--scope", "prod:/**", "--scope", "dev:/x/*", *where("/x/y"), "--json")
    assert result.json.keys() == {"allowed", "reason", "scope", "scopes"}
    assert (result.json["allowed"], result.json["reason"], result.json["scope"]) == (
        True, "allowed", 2,
    )  # fmt: skip
    assert [scope["matched"] for scope in result.json["scopes"]] == [False, False, True]
    assert result.json["scopes"][1] == {"matched": False, "stoppedAt": None}
    assert result.json["scopes"][2] == {"matched": True, "stoppedAt": None}
    assert isinstance(result.json["scopes"][0]["stoppedAt"], int)


@pytest.mark.parametrize(
    ("options", "reason", "said"),
    [
        (where(environment="prod"), "environment", "no scope names prod"),
        (where("/other"), "path", "matches /other"),
        (where(operation="write"), "permission", "the token may not write"),
        ((*where(), "--endpoint", "raw", "--e2ee"), "raw_e2ee", "E2EE"),
        (where("/\\x1b"), "path", "/\\x1b"),
    ],
)
def test_why_inline_scopes_are_denied(
    run: Run, options: tuple[str, ...], reason: str, said: str
) -> None:
    result = inline(run, *options, "--json")
    assert (result.status, result.json["reason"]) == (1, reason)
    assert (result.json["allowed"], result.json["scope"]) == (False, None)
    text = inline(run, *options)
    assert text.status == 1
    assert said in text.out


def test_where_a_scope_stopped_is_said_in_words(run: Run) -> None:
    options = ("--scope", "dev:/a/web", "--scope", "prod:/a")
    out = inline(run, *options, *where("/a/web"), scope="dev:/a/c").out
    assert "1  dev:/a/c    stops at “web”, segment 2\n" in out
    assert "2  dev:/a/web  matches\n" in out
    assert "3  prod:/a     other environment\n" in out
    assert "1  dev:/a/c  wants a longer path\n" in inline(run, *where("/a"), scope="dev:/a/c").out


def test_adjusted_paths_are_told(run: Run) -> None:
    result = inline(run, *where(" common/db/ "), scope="dev:common/**/")
    assert result.status == 0
    path, scope = result.err.splitlines()
    assert "/common/db" in path
    assert "leading slash" in path
    assert "/common/**" in scope


def test_what_is_remarked_waits_for_an_answer(run: Run, directory: Path) -> None:
    """A refusal is one line: remarks and warnings are printed only beside an answer."""
    assert_refused(inline(run, *where("a"), "--ip", "nope"), "no IP address")
    assert_refused(run("check", "--token", "st.a.b", *where()), "no service token")
    wanted = ("service-token", "create", "--scope", "nope:a", "--access-level", "read")
    assert_refused(run(*wanted), "no environment 'nope'")


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (where(), "exactly one"),
        (("--scope", "dev:/a", *where()), "go together"),
        (("--access-level", "read", *where()), "go together"),
        (("--scope", "dev:/a", "--access-level", "read", "--token-id", "x", *where()), "exactly"),
        (("--token", "-", "--token-id", "x", *where()), "exactly one"),
        (("--token-id", "x", "--e2ee", *where()), "--e2ee"),
        (("--token-id", "x", "--env", "dev", "--path", "/"), "--operation"),
        (("--batch", "-", "--env", "dev"), "stands alone"),
        (("--batch", "-", "--e2ee"), "stands alone"),
        (("--batch", "-", "--scope", "dev:/"), "stands alone"),
    ],
)
def test_options_that_do_not_go_together(run: Run, options: tuple[str, ...], said: str) -> None:
    assert_refused(run("check", *options, stdin=b""), said)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--scope", "nonsense"), "environment:/path"),
        (("--scope", "dev:/[!a]"), "[!a]"),
        (("--scope", "dev:/\x1b"), "\\x1b"),
        (("--path", "/\x1b[2J"), "\\x1b"),
        (("--env", "dev\x1b[2J"), "\\x1b"),
        (("--ip", "10.0.0"), "IP address"),
        (("--at", "noon"), "no date"),
        (("--operation", "admin"), "admin"),
        (("--endpoint", "x"), "--endpoint"),
    ],
)
def test_bad_input(run: Run, options: tuple[str, ...], said: str) -> None:
    assert_refused(inline(run, *where(), *options), said)


def test_a_token_by_its_id_and_by_its_text(run: Run, directory: Path) -> None:
    vault = ("--vault", str(directory))
    made = create(run, *vault)
    token_id = made["serviceTokenData"]["id"]
    by_id = run("check", *vault, "--token-id", token_id, *where(), "--json")
    assert (by_id.status, by_id.json["scope"]) == (0, 0)
    for text in (made["serviceToken"], made["accessToken"]):
        assert (
            run("check", *vault, "--token", "-", *where(), "--json", stdin=text.encode()) == by_id
        )
    warned = run("check", *vault, "--token", made["serviceToken"], *where(), "--json")
    assert (warned.status, warned.out) == (0, by_id.out)
    assert "process list" in warned.err
    assert made["serviceToken"].split(".")[2] not in warned.err


def test_an_unknown_token_is_denied_whatever_is_asked(run: Run, directory: Path) -> None:
    vault = ("--vault", str(directory))
    token_id = create(run, *vault)["serviceTokenData"]["id"]
    wrong = f"st.{token_id}.{'0' * 32}"
    other = wrong.replace(token_id, "0" * 8 + token_id[8:])
    for options, stdin in (
        (("--token-id", "nope"), ""),
        (("--token", "-"), wrong),
        (("--token", "-"), other),
    ):
        result = run("check", *vault, *options, *where(), "--json", stdin=stdin.encode())
        assert (result.status, result.err) == (1, "")
        assert result.json == {"allowed": False, "reason": "unknown", "scope": None, "scopes": []}
    assert "no such token" in run("check", *vault, "--token-id", "nope", *where()).out
    malformed = run("check", *vault, "--token", "-", *where(), stdin=b"st.x.y")
    assert_refused(malformed, "no service token")


def test_an_environment_that_the_project_lacks(run: Run, directory: Path) -> None:
    vault = ("--vault", str(directory))
    token_id = create(run, *vault)["serviceTokenData"]["id"]
    result = run("check", *vault, "--token-id", token_id, *where(environment="nope"))
    assert_refused(result, "dev, staging, prod")
    run("project", "create", *vault, "--name", "Other")
    result = run("check", *vault, "--project", "other", "--token-id", token_id, *where())
    assert_refused(result, "another project")


def test_an_ended_token_is_judged_and_not_swept(run: Run, directory: Path, vault: Vault) -> None:
    place = ("--vault", str(directory))
    draft = TokenDraft(
        name="old",
        scopes=(Scope("dev", "/**"),),
        permissions=frozenset({Permission.READ}),
        expires_at=NOW + HOUR,
    )
    new = vault.tokens.create(vault.projects.get(), draft)
    entries = vault.audit.count()
    check = ("check", *place, "--token-id", new.token.id, *where())
    assert run(*check, "--at", iso(NOW)).status == 0
    for options in ((), ("--at", iso(NOW + HOUR))):
        result = run(*check, *options)
        assert result.status == 1
        assert "expired: it ended 2026-01-02 04:04 UTC" in result.out
    assert vault.audit.count() == entries
    run("service-token", "list", *place)
    assert vault.tokens.lookup(new.token.id).token is None
    # Its tombstone is left: no secret to compare with, but its end is known.
    for result in (
        run(*check),
        run("check", *place, "--token", "-", *where(), stdin=new.text.full.encode()),
    ):
        assert result.status == 1
        assert "expired: it ended 2026-01-02 04:04 UTC and was deleted" in result.out
    assert run(*check, "--json").json["reason"] == "expired"


def test_v3_and_the_projects_own_e2ee(run: Run, directory: Path) -> None:
    vault = ("--vault", str(directory))
    options = ("--token-version", "3", "--trusted-ip", "10.0.0.0/8")
    token_id = create(run, *vault, *options)["serviceTokenData"]["id"]

    def reason(*options: str) -> str:
        result = run("check", *vault, "--token-id", token_id, *where(), "--json", *options)
        assert result.status == (0 if result.json["allowed"] else 1)
        return str(result.json["reason"])

    assert reason() == "inactive"
    run("service-token", "activate", *vault, token_id)
    assert reason() == "ip"
    assert reason("--ip", "11.0.0.1") == "ip"
    assert reason("--ip", "::ffff:10.0.0.1") == "allowed"
    assert reason("--ip", "10.0.0.1", "--endpoint", "raw") == "raw_e2ee"
    run("e2ee", "off", *vault)
    assert reason("--ip", "10.0.0.1", "--endpoint", "raw") == "allowed"
    run("service-token", "deactivate", *vault, token_id)
    check = ("check", *vault, "--token-id", token_id, *where())
    assert "activate" in run(*check).out
    run("service-token", "activate", *vault, token_id)
    assert "it trusts 10.0.0.0/8, not every address" in run(*check).out
    assert "it trusts 10.0.0.0/8, not this address" in run(*check, "--ip", "::1").out


def test_check_writes_nothing(run: Run, directory: Path) -> None:
    vault = ("--vault", str(directory))
    token_id = create(run, *vault)["serviceTokenData"]["id"]
    before = run("audit", "list", *vault, "--json").out
    run("check", *vault, "--token-id", token_id, *where())
    run("check", *vault, "--token-id", token_id, *where("/no"))
    assert run("audit", "list", *vault, "--json").out == before
