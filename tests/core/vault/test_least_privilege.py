"""The draft of a narrowed token: what it keeps of the original, and what it is refused for."""

from __future__ import annotations

import pytest

from st_tui.core.access import decide
from st_tui.core.drafts import LONGEST_NAME
from st_tui.core.errors import Refusal
from st_tui.core.expiry import DAY
from st_tui.core.model import AccessRequest, Permission, Project, Scope, ServiceToken
from st_tui.core.vault import Access, Vault, VaultError
from st_tui.core.vault.least_privilege import propose
from tests.core.vaults import NOON, Clock, v2, v3


def read_db(vault: Vault, project: Project, token: ServiceToken) -> None:
    request = AccessRequest("dev", "/common/db", Permission.READ, NOON)
    access = Access("get-secrets", project, token, request, decide(token, request))
    vault.audit.record([access])


def test_it_is_a_clone_with_less_and_can_be_made(vault: Vault, project: Project) -> None:
    name = "n" * LONGEST_NAME
    token = vault.tokens.create(project, v3(name)._replace(is_active=True)).token
    read_db(vault, project, token)
    draft, narrowed = propose(vault, token)
    clone = vault.tokens.clone_draft(token, name=f"{name[:-9]} narrowed")
    assert draft == clone._replace(scopes=(Scope("dev", "/common/db"),))
    assert vault.tokens.create(project, draft).token.scopes == narrowed.scopes


def test_what_another_token_did_does_not_count(vault: Vault, project: Project) -> None:
    token = vault.tokens.create(project, v2()).token
    read_db(vault, project, vault.tokens.create(project, v2("other")).token)
    with pytest.raises(Refusal, match=r"^Nothing recorded: "):
        propose(vault, token)


def test_a_token_that_has_ended_is_refused(vault: Vault, project: Project, clock: Clock) -> None:
    token = vault.tokens.create(project, v2()).token
    read_db(vault, project, token)
    clock.advance(DAY)
    with pytest.raises(VaultError, match="expired"):
        propose(vault, token)
