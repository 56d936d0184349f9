"""A batch of requests: what it keeps, what it says of a full disk, and the order of its entries."""

from __future__ import annotations

from contextlib import suppress

import pytest

from st_tui.core.errors import StoreError
from st_tui.core.expiry import MINUTE
from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.model import NewToken, Project
from st_tui.core.vault import Vault
from st_tui.core.vault.holders.admission import NotAuthenticated
from st_tui.core.vault.holders.request import Request
from st_tui.core.vault.session import NoServerCopy
from tests.core.vault.holders.door import Door, caller
from tests.core.vaults import NOON, Clock, sqlite_of, v2


def test_no_key_is_kept_longer_than_a_batch(
    vault: Vault, project: Project, clock: Clock, token: NewToken
) -> None:
    """Else a key that was erased meanwhile would still open values."""
    vault.projects.set_e2ee(project, on=False)
    with Vault.open(vault.directory, actor="system", clock=clock, key_file=SERVER_KEY) as server:
        gateway = server.gateway
        assert gateway.begin()
        with gateway.request(caller(token.text), "get-secrets") as request:
            assert len(request._session.project_key(project.id)) == 32
        gateway.flush()
        gateway.commit()
        vault.projects.set_e2ee(project, on=True)
        assert gateway.begin()
        with (
            pytest.raises(NoServerCopy),
            gateway.request(caller(token.text), "get-secrets") as request,
        ):
            request._session.project_key(project.id)
        gateway.abandon()


def test_a_disk_that_is_full_is_told_whoever_comes(server: Vault, token: NewToken) -> None:
    """Not as a fault of the server's, which the caller would not try again."""
    gateway, connection = server.gateway, sqlite_of(server)
    assert gateway.begin()
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")

    def strangers_come() -> None:
        for number in range(1_000):
            who = caller(None, f"2001:db8:{number:x}::1")
            with suppress(NotAuthenticated), gateway.request(who, "get-secrets"):
                pass

    with pytest.raises(StoreError, match="The disk is full"):
        strangers_come()
    # A statement of a handler that only reads is told the same way.
    with (
        pytest.raises(StoreError, match="refused: no such table"),
        gateway.request(caller(token.text), "get-secrets") as request,
    ):
        request._session.database.execute("SELECT * FROM nowhere")
    gateway.abandon()


def test_a_batch_that_outlives_a_store_error_logs_what_was_told(
    server: Vault, vault: Vault, token: NewToken
) -> None:
    """If a row cannot be read, say: this request is told 503, and the batch goes on."""
    gateway = server.gateway
    assert gateway.begin()
    with (
        pytest.raises(StoreError),
        gateway.request(caller(token.text), "get-secrets") as request,
    ):
        request._session.database.execute("SELECT * FROM nowhere")
    assert gateway.is_open
    gateway.flush()
    gateway.commit()
    (entry,) = vault.audit.page(limit=1)
    assert (entry.verdict, entry.reason, entry.details) == ("denied", "invalid", '{"status":503}')


def test_what_a_request_failed_by_is_told_though_its_name_cannot_be_noted(
    server: Vault, token: NewToken
) -> None:
    """A disk that fails once may fail again while the audit entry's name is looked up."""
    gateway = server.gateway

    def fail_for_good(request: Request) -> None:
        request._session.database.execute("ALTER TABLE project RENAME TO elsewhere")
        request._session.database.execute("SELECT * FROM nowhere")

    assert gateway.begin()
    with (
        pytest.raises(StoreError, match="no such table: nowhere"),
        gateway.request(caller(token.text), "get-secret", name="KEY") as request,
    ):
        fail_for_good(request)
    gateway.abandon()


def test_the_log_has_the_order_in_which_a_batch_went(
    vault: Vault, project: Project, door: Door, clock: Clock, token: NewToken
) -> None:
    ending = vault.tokens.create(project, v2("ending", expires_at=NOON + MINUTE))
    clock.now = NOON + MINUTE
    door.ask_each(caller(token.text), caller(ending.text), caller(token.text))
    logged = [(entry.event, entry.actor) for entry in reversed(vault.audit.page(limit=4))]
    assert logged == [
        ("get-secrets", token.token.id),
        ("delete-service-token", "system"),
        ("get-secrets", ending.token.id),
        ("get-secrets", token.token.id),
    ]
