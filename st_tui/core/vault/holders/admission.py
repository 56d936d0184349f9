"""Who is let in: the token is known, its secret is right, and it may be used from there and now.

Failed authentications are counted for each address. Past a limit they are answered with "wait" and
no longer enter the audit log one by one: a stranger must not fill it.
"""

from __future__ import annotations

from st_tui.core import access, addresses
from st_tui.core.errors import Refusal
from st_tui.core.expiry import MINUTE, iso
from st_tui.core.model import Project, Reason, ServiceToken, TokenText
from st_tui.core.store import failed_authentications, tokens
from st_tui.core.store.audit import NewEntry
from st_tui.core.vault.audit import ANONYMOUS
from st_tui.core.vault.holders.entries import Entries
from st_tui.core.vault.holders.holder import Caller, Holder
from st_tui.core.vault.session import Session
from st_tui.core.vault.tokens import Known, Tokens, record_end

FAILURES_A_MINUTE = 10
"""Failed authentications of one address (IPv6: of one /64) that are answered with 401."""
LONGEST_WAIT = 5
"""Seconds that a throttled client is told to wait at most: published clients sleep them."""

_NOBODY = TokenText(2, "00000000-0000-0000-0000-000000000000", "0" * 32, "")
"""Looked up for a malformed token, so that it costs what a well-formed one costs."""


class NotAuthenticated(Refusal):
    """The request's token does not let it in. `retry_after`: seconds, for one failure too many."""

    def __init__(self, reason: Reason, retry_after: int | None = None) -> None:
        super().__init__("Invalid service token")
        self.reason = reason
        self.retry_after = retry_after


class Admission:
    """Lets requests in, within a batch. Each token and project is read once for a batch."""

    def __init__(self, session: Session, entries: Entries) -> None:
        self._session = session
        self._entries = entries
        self._known: dict[TokenText, Known] = {}
        self._projects: dict[str, Project] = {}

    def admit(self, caller: Caller, event: str) -> Holder:
        """The holder of the caller's token. A token that turns out to have ended is deleted.

        Raises NotAuthenticated. The audit log gets that too, unless the caller is throttled.
        """
        now = self._session.clock()
        token = self._authenticated(caller, event, now)
        admitted = access.admits(token, now, caller.ip)
        if not admitted.allowed:
            if admitted.reason is Reason.EXPIRED:
                self._delete_ended(token)
            self._entries.add_refused(caller, event, now, admitted.reason, token)
            raise NotAuthenticated(admitted.reason)
        return Holder(token, self._project(token), caller, event, now)

    def report_failures(self) -> None:
        """Add an entry for each past minute and address with too many failures."""
        minute = self._session.clock() // MINUTE
        with self._session.database.explained():
            over = failed_authentications.take_before(self._session.database, minute)
        for failed in over:
            beyond = failed.failures - FAILURES_A_MINUTE
            if beyond > 0:
                self._entries.add(
                    NewEntry(
                        self._session.clock(),
                        ANONYMOUS,
                        "failed-authentications",
                        ip=failed.address or None,
                        verdict="denied",
                        reason=Reason.UNKNOWN,
                        details={"failures": beyond, "minute": iso(failed.minute * MINUTE)},
                    )
                )

    def forget(self) -> None:
        """Forget what was read: the batch is over, and anybody may change it."""
        self._known, self._projects = {}, {}

    def _authenticated(self, caller: Caller, event: str, now: int) -> ServiceToken:
        text = caller.text or _NOBODY
        known = self._known.get(text)
        if known is None:
            known = self._known[text] = Tokens(self._session).authenticate(text)
        if known.token is not None:
            return known.token
        failed = failed_authentications.add(
            self._session.database, _counted_for(caller), now // MINUTE
        )
        if failed > FAILURES_A_MINUTE:
            left = (MINUTE - now % MINUTE) // 1000
            raise NotAuthenticated(Reason.UNKNOWN, max(1, min(LONGEST_WAIT, left)))
        reason = Reason.UNKNOWN if known.tombstone is None else Reason.EXPIRED
        self._entries.add_refused(caller, event, now, reason, None)
        raise NotAuthenticated(Reason.UNKNOWN)

    def _delete_ended(self, token: ServiceToken) -> None:
        """Delete a token that has ended, and leave its tombstone after the entries so far."""
        self._entries.write(self._session.database)
        with self._session.change() as record:
            tokens.delete(self._session.database, token.id)
            record_end(record, self._project(token), token, reason="expired")
        self._known.clear()

    def _project(self, token: ServiceToken) -> Project:
        project = self._projects.get(token.project_id)
        if project is None:
            project = self._projects[token.project_id] = self._session.project_of(token)
        return project


def _counted_for(caller: Caller) -> str:
    """The address that failures are counted for: one IPv4 address, or an IPv6 /64.

    All that is no address counts together: whoever made one up could make up more.
    """
    return "" if caller.ip is None else addresses.customer(caller.ip)
