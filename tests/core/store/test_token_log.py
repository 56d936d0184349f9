"""A backup's tokens are held against what its own audit log says of them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from st_tui.core.addresses import parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.expiry import DAY, HOUR
from st_tui.core.model import Environment, Project, ServiceToken
from st_tui.core.store import backup, token_log
from st_tui.core.store.sqlite import Sqlite
from st_tui.core.vault import Vault
from st_tui.demo import make
from tests.core.vaults import WRITE, Clock, edit, raw, v2, v3


def flaw(directory: Path) -> str | None:
    with raw(directory) as connection:
        return backup.flaw(Sqlite(connection))


@pytest.mark.parametrize("seed", range(6))
def test_an_untouched_vault_of_any_history_has_no_flaw(
    vault: Vault, project: Project, clock: Clock, seed: int
) -> None:
    luck = random.Random(seed)
    other = vault.projects.create("Other", [Environment("dev", "Dev"), Environment("old", "Old")])

    def make_one() -> None:
        scopes = luck.sample(("dev:/a", "dev:/b/**", "dev:/*"), luck.randint(1, 3))
        draft = luck.choice((v2, v3))("any", *scopes)
        end = luck.choice((None, clock.now + HOUR, clock.now + 9 * DAY + 7))
        vault.tokens.create(luck.choice((project, other)), draft._replace(
            expires_at=end, permissions=luck.choice((draft.permissions, WRITE)),
            is_active=draft.version == 2 or luck.random() < 0.5,
        ))  # fmt: skip

    changes: tuple[Callable[[ServiceToken], object], ...] = (
        lambda token: vault.tokens.clone(token),
        lambda token: vault.tokens.rotate(token),
        lambda token: vault.tokens.rotate(token, overlap=luck.choice((HOUR, 30 * DAY))),
        lambda token: vault.tokens.rotate(token, keep_end=False, expires_at=None),
        lambda token: vault.tokens.revoke([token]),
        lambda token: vault.tokens.set_active(token, luck.random() < 0.5),
        lambda token: vault.tokens.set_trusted_ips(token, parse_ranges(["10.0.0.0/8"])),
    )
    refused = 0
    for turn in range(120):
        tokens = [token for one in (project, other) for token in vault.tokens.page(one)]
        if len(tokens) < 8 or turn % 3 == 0:
            make_one()
        else:
            try:
                luck.choice(changes)(luck.choice(tokens))
            except Refusal:
                refused += 1
        clock.advance(luck.randint(0, HOUR))
        if turn % 9 == 0:
            vault.tokens.sweep()
    assert refused < 40
    assert flaw(vault.directory) is None
    vault.environments.delete(other, "dev")
    assert flaw(vault.directory) is None
    vault.projects.delete(other)
    assert flaw(vault.directory) is None


def test_the_demo_has_no_flaw(tmp_path: Path) -> None:
    make(tmp_path / "demo", actor="ann", clock=Clock(), randbytes=random.Random(1).randbytes)
    assert flaw(tmp_path / "demo") is None


@pytest.fixture
def history(vault: Vault, project: Project, clock: Clock) -> dict[str, str]:
    """The ids of some tokens by name, and of two that are gone."""
    office = vault.tokens.create(project, v3("office", trusted=("10.0.0.0/8",))).token
    switched = vault.tokens.create(project, v3("switched")).token
    vault.tokens.set_active(vault.tokens.set_active(switched, True), False)
    old = vault.tokens.create(project, v2("rotated", expires_at=None)).token
    new = vault.tokens.rotate(old, overlap=HOUR).token
    plain = vault.tokens.create(project, v2("plain", "dev:/a", "dev:/b")).token
    revoked = vault.tokens.create(project, v2("revoked")).token
    vault.tokens.revoke([revoked])
    assert flaw(vault.directory) is None
    return {
        "office": office.id, "switched": switched.id, "old": old.id, "new": new.id,
        "plain": plain.id, "revoked": revoked.id,
    }  # fmt: skip


COLUMNS = "project_id, version, name, permissions, expires_at, secret_hash, encrypted_key, iv, tag"
COPY = (
    f"INSERT INTO service_token SELECT '{{to}}', {COLUMNS}, created_at, created_by "
    "FROM service_token WHERE id = '{plain}'"
)
SCOPE = "INSERT INTO service_token_scope VALUES ('{to}', 0, 'dev', '/**')"
EDITS = {
    "a wider path": (
        "UPDATE service_token_scope SET secret_path = '/**' WHERE token_id = '{plain}'",
        "the list of scopes of the token 'plain' ({plain}) is not what its audit log says",
    ),
    "another environment": (
        "UPDATE service_token_scope SET environment = 'prod' WHERE token_id = '{plain}'",
        "the list of scopes of the token 'plain'",
    ),
    "one scope more": (
        "INSERT INTO service_token_scope VALUES ('{plain}', 2, 'prod', '/**')",
        "the list of scopes of the token 'plain'",
    ),
    "one scope less": (
        "DELETE FROM service_token_scope WHERE token_id = '{plain}' AND position = 0",
        "the list of scopes of the token 'plain'",
    ),
    "more access": (
        "UPDATE service_token SET permissions = 'read write' WHERE id = '{plain}'",
        "the access of the token 'plain'",
    ),
    "a later end": (
        "UPDATE service_token SET expires_at = expires_at + 1 WHERE id = '{plain}'; "
        "UPDATE service_token_listing SET ends_at = ends_at + 1 WHERE token_id = '{plain}'",
        "the end of the token 'plain'",
    ),
    "no end": (
        "UPDATE service_token SET expires_at = NULL WHERE id = '{plain}'; "
        "UPDATE service_token_listing SET ends_at = NULL WHERE token_id = '{plain}'",
        "the end of the token 'plain'",
    ),
    "an end beyond all time": (
        "UPDATE service_token SET expires_at = 9000000000000000000 WHERE id = '{plain}'; "
        "UPDATE service_token_listing SET ends_at = expires_at FROM service_token "
        "WHERE id = token_id AND token_id = '{plain}'",
        "the end of the token 'plain'",
    ),
    "an end that a rotation brought forward is taken back": (
        "UPDATE service_token_listing SET ends_at = NULL WHERE token_id = '{old}'",
        "the end of the token 'rotated' ({old})",
    ),
    "no row that has this end": (
        "DELETE FROM service_token_listing WHERE token_id = '{old}'",
        "the end of the token 'rotated' ({old})",
    ),
    "another name": (
        "UPDATE service_token SET name = 'harmless' WHERE id = '{plain}'; "
        "UPDATE service_token_listing SET name = 'harmless', "
        "text = replace(text, 'plain', 'harmless') WHERE token_id = '{plain}'",
        "the name of the token 'harmless' ({plain})",
    ),
    "switched on as it was never": (
        "UPDATE service_token_v3 SET is_active = 1 WHERE token_id = '{office}'",
        "the active switch of the token 'office'",
    ),
    "switched on again": (
        "UPDATE service_token_v3 SET is_active = 1 WHERE token_id = '{switched}'",
        "the active switch of the token 'switched'",
    ),
    "more addresses": (
        "UPDATE service_token_v3 SET trusted_ips = '0.0.0.0/0' WHERE token_id = '{office}'",
        "the list of trusted IPs of the token 'office'",
    ),
    "a V2 token of a V3 one": (
        "UPDATE service_token SET version = 2 WHERE id = '{office}'; "
        "DELETE FROM service_token_v3 WHERE token_id = '{office}'",
        "the version of the token 'office'",
    ),
    "never made": (
        f"{SCOPE}; {COPY}".replace("{to}", "11111111-1111-4111-8111-111111111111"),
        "the token 'plain' (11111111-1111-4111-8111-111111111111) was never made",
    ),
    "revived": (
        f"{SCOPE}; {COPY}".replace("{to}", "{revoked}"),
        "by its audit log the token 'plain' ({revoked}) was deleted",
    ),
    "left out": (
        "DELETE FROM service_token_scope WHERE token_id = '{plain}'; "
        "DELETE FROM service_token_listing WHERE token_id = '{plain}'; "
        "DELETE FROM service_token WHERE id = '{plain}'",
        "by its audit log there is a token 'plain' ({plain})",
    ),
    "not listed": (
        "DELETE FROM service_token_listing WHERE token_id = '{plain}'",
        "its list of tokens is wrong about 'plain'",
    ),
    "not found": (
        "UPDATE service_token_listing SET text = '' WHERE token_id = '{plain}'",
        "its list of tokens is wrong about 'plain'",
    ),
}


@pytest.mark.parametrize(("statements", "said"), list(EDITS.values()), ids=list(EDITS))
def test_an_edited_token_is_named(
    vault: Vault, history: dict[str, str], statements: str, said: str
) -> None:
    edit_all(vault.directory, statements.format_map(history))
    assert said.format_map(history) in str(flaw(vault.directory))


def edit_all(directory: Path, statements: str) -> None:
    edit(directory, *statements.split("; "))


def test_a_token_of_another_project_is_named(vault: Vault, history: dict[str, str]) -> None:
    other = vault.projects.create("Other")
    edit_all(
        vault.directory,
        f"UPDATE service_token SET project_id = '{other.id}' WHERE id = '{history['plain']}'; "
        "UPDATE service_token_listing SET project_id = t.project_id FROM service_token t "
        "WHERE t.id = token_id",
    )
    assert "the project of the token 'plain'" in str(flaw(vault.directory))


def test_the_switches_of_the_first_release_are_known_from_the_first_entry_on(
    vault: Vault, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its entries about new tokens say neither version nor switches."""
    monkeypatch.setattr("st_tui.core.store.token_log.switches", lambda _: {})
    quiet = vault.tokens.create(project, v3("quiet")).token
    loud = vault.tokens.create(project, v3("loud")).token
    loud = vault.tokens.set_active(loud, True)
    loud = vault.tokens.set_active(vault.tokens.rotate(loud).token, False)
    newest = vault.tokens.rotate(loud).token
    monkeypatch.undo()
    [entry, *_] = vault.audit.page(about=quiet.id, limit=1)
    assert "isActive" not in json.loads(entry.details)
    assert flaw(vault.directory) is None
    turn_on = "UPDATE service_token_v3 SET is_active = 1 WHERE token_id = '{}'"
    edit(vault.directory, turn_on.format(quiet.id))
    assert flaw(vault.directory) is None
    edit(vault.directory, turn_on.format(newest.id))
    assert "the active switch of the token 'loud'" in str(flaw(vault.directory))


def test_entries_that_no_program_of_ours_writes_are_no_crash(
    vault: Vault, project: Project
) -> None:
    token = vault.tokens.create(project, v2("odd")).token
    odd = ("[]", "{", "null", '{"expiresAt": 1}', '{"expiresAt": "soon"}', "{}", "[" * 100_000)
    for details in odd:
        edit(
            vault.directory,
            f"UPDATE audit_log SET details = '{details}' WHERE target = '{token.id}'",
        )
        with raw(vault.directory) as connection:
            assert "of the token 'odd'" in str(token_log.flaw(Sqlite(connection)))
