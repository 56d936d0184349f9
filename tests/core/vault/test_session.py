"""Which keys open what while E2EE is on and off, and the key that names are hashed with."""

from __future__ import annotations

import threading
from contextlib import suppress

import pytest

from st_tui.core.crypto import seal
from st_tui.core.files.vault_layout import OPERATOR_KEY, SERVER_KEY
from st_tui.core.model import Project
from st_tui.core.vault import Vault, VaultError, secret_changes
from st_tui.core.vault.holders.holder import Caller
from tests.core.vault.secret_folders import DEV, values
from tests.core.vaults import WRITE, Clock, raw, v2

pytestmark = pytest.mark.usefixtures("folders")


def test_secrets_stay_readable_whichever_way_e2ee_is_switched(
    vault: Vault, project: Project
) -> None:
    vault.secrets.create(project, DEV, "A", "x")
    for on in (False, True, False, True):
        switched = vault.projects.set_e2ee(project, on=on)
        assert switched.e2ee is on
        assert values(vault, switched) == {"A": "x"}
        vault.secrets.create(switched, DEV, f"WHILE_{on}", "y")
        vault.secrets.delete(switched, DEV, f"WHILE_{on}")


def test_the_servers_key_opens_values_only_while_e2ee_is_off(
    vault: Vault, project: Project, clock: Clock
) -> None:
    made = vault.secrets.create(project, DEV, "A", "x")
    key, away = vault.directory / OPERATOR_KEY, vault.directory / "operator" / "away"
    key.rename(away)
    with Vault.open(vault.directory, actor="server", clock=clock, key_file=SERVER_KEY) as server:
        found = secret_changes.find(server._session, project, DEV, "A")
        assert found == made
        for read in (server.secrets.listed, server.secrets.read):
            with pytest.raises(VaultError, match="E2EE is on"):
                read(project, DEV)
        with pytest.raises(VaultError, match="E2EE is on"):
            server.secrets.create(project, DEV, "B", "x")
        away.rename(key)
        vault.projects.set_e2ee(project, on=False)
        key.rename(away)
        assert values(server, vault.projects.get()) == {"A": "x"}
        server.secrets.create(project, DEV, "B", "server's")
        away.rename(key)
        vault.projects.set_e2ee(project, on=True)
        with pytest.raises(VaultError, match="E2EE is on"):
            server.secrets.get(project, DEV, "A")
    assert values(vault, project) == {"A": "x", "B": "server's"}


def test_an_unknown_name_is_found_to_be_unknown_while_no_secret_was_ever_made(
    vault: Vault, project: Project
) -> None:
    assert vault.secrets.listed(project, DEV).secrets == []
    with pytest.raises(VaultError, match="There is no secret 'A'"):
        vault.secrets.get(project, DEV, "A")
    assert vault.secrets.names_by_hash(project) == {}


def test_two_who_make_the_name_key_at_once_agree(vault: Vault, clock: Clock) -> None:
    """Hashes of one key would never be found by another."""
    for number in range(5):
        project = vault.projects.create(f"Shop {number}")
        start = threading.Barrier(2)
        keys: list[str] = []

        def make(
            project: Project = project, start: threading.Barrier = start, keys: list[str] = keys
        ) -> None:
            with Vault.open(vault.directory, actor="ann", clock=clock) as mine:
                start.wait()
                keys.append(mine._session.name_key(project.id))

        threads = [threading.Thread(target=make) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(keys) == 2
        assert {*keys, vault._session.name_key(project.id)} == {keys[0]}


def test_a_name_key_that_was_taken_back_with_its_request_is_not_used_by_the_next(
    vault: Vault, project: Project, clock: Clock
) -> None:
    """Requests share a transaction, and each may be taken back alone."""
    token = vault.tokens.create(project, v2("writer", "dev:/", permissions=WRITE))
    caller = Caller(token.text, None, None, None)
    with Vault.open(vault.directory, actor="server", clock=clock, key_file=SERVER_KEY) as server:
        gateway = server.gateway
        gateway.begin()
        with (
            suppress(LookupError),
            gateway.request(caller, "update-secret", writes=True) as request,
        ):
            assert secret_changes.find(request._session, project, DEV, "A") is None
            raise LookupError
        with gateway.request(caller, "create-secret", writes=True) as request:
            key = vault._session.project_key(project.id)
            name, value = (seal(text, key, request._session.randbytes) for text in ("A", "x"))
            secret_changes.create_sealed(request._session, project, DEV, "A", name, value)
        gateway.flush()
        gateway.commit()
    assert vault.secrets.get(project, DEV, "A").value == "x"


def test_each_project_hashes_names_with_a_key_of_its_own(vault: Vault, project: Project) -> None:
    other = vault.projects.create("Bank")
    made = [vault.secrets.create(one, DEV, "A", "x") for one in (project, other)]
    assert made[0].name_hash != made[1].name_hash
    with raw(vault.directory) as connection:
        connection.execute(
            "UPDATE project SET name_key = (SELECT name_key FROM project WHERE id = ?)",
            (other.id,),
        )
    with pytest.raises(VaultError, match=r"server\.key does not open"):
        vault.secrets.get(project, DEV, "A")


def test_a_project_that_lost_its_server_copy_keeps_no_other_from_the_server(
    vault: Vault, project: Project
) -> None:
    """Only an edited file has such a project."""
    vault.projects.create("Other", e2ee=False)
    vault._session.database.execute("UPDATE project SET server_copy = NULL")
    vault.projects.check_server_key()
    vault.secrets.create(project, DEV, "FIRST", "x")
    assert values(vault, project) == {"FIRST": "x"}
    with pytest.raises(VaultError, match="the server holds no key"):
        vault._session.require_keys()
