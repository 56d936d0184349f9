"""Service tokens of a vault: made, found, cloned, rotated, revoked, and swept when they end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from st_tui.core import crypto, drafts, expiry, token_text
from st_tui.core.errors import Refusal
from st_tui.core.json_text import read_object
from st_tui.core.model import (
    NO_LIMITS,
    AuditEntry,
    Environment,
    IpRange,
    Limits,
    NewToken,
    Order,
    Project,
    ServiceToken,
    TokenDraft,
    TokenText,
)
from st_tui.core.packed import PackedTexts
from st_tui.core.store import audit, projects, token_listing, token_log, tokens
from st_tui.core.vault.session import Recorder, Session, VaultError

if TYPE_CHECKING:
    from st_tui.core.lint.names import Names
    from st_tui.core.vault.lineage import Lineage

OPERATOR_ID = "00000000-0000-4000-8000-000000000001"
"""Who makes tokens here: `createdBy` on the wire."""

_NO_HASH = bytes(32)


class Known(NamedTuple):
    """What the vault knows of a token id or text: a living token, a tombstone, or neither."""

    token: ServiceToken | None
    tombstone: AuditEntry | None


class Tokens:
    """The service tokens of one open vault."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def page(
        self,
        project: Project,
        *,
        text: str = "",
        limits: Limits = NO_LIMITS,
        order: Order = Order.CREATED,
        backwards: bool = False,
        limit: int = -1,
        offset: int = 0,
    ) -> list[ServiceToken]:
        """Some of a project's tokens, in this order: those with the text in their name or a scope.

        Unless `backwards`: the newest first, or names from A, or the nearest end first.
        """
        with self._session.reading() as database:
            return token_listing.page(
                database,
                project.id,
                text=text,
                limits=limits,
                order=order,
                backwards=backwards,
                limit=limit,
                offset=offset,
            )

    def with_id(self, project: Project, beginning: str, *, limit: int) -> list[ServiceToken]:
        """Those of a project's tokens whose id begins with this text."""
        with self._session.reading() as database:
            return tokens.with_id(database, project.id, beginning, limit)

    def newest_ids(self, project: Project) -> PackedTexts:
        """The ids of all of a project's tokens, the newest first, as `page` gives them."""
        with self._session.reading() as database:
            return PackedTexts(token_listing.newest_ids(database, project.id))

    def those(self, ids: Sequence[str]) -> list[ServiceToken]:
        """The tokens with these ids, in their order. Those that are gone are left out."""
        with self._session.reading() as database:
            return token_listing.those(database, ids)

    def writers(self, project: Project) -> Counter[str]:
        """How many of a project's tokens may write to each environment that one of them names."""
        with self._session.reading() as database:
            return Counter(token_listing.writers(database, project.id))

    def position(
        self,
        project: Project,
        token: ServiceToken,
        *,
        text: str = "",
        limits: Limits = NO_LIMITS,
        order: Order = Order.CREATED,
        backwards: bool = False,
    ) -> int | None:
        """Where this token stands in the list that `page` would give, from 0; None if nowhere."""
        with self._session.reading() as database:
            return token_listing.position(
                database,
                project.id,
                token.id,
                text=text,
                limits=limits,
                order=order,
                backwards=backwards,
            )

    def count(self, project: Project, text: str = "", limits: Limits = NO_LIMITS) -> int:
        """How many of a project's tokens have the text in their name or a scope."""
        with self._session.reading() as database:
            return token_listing.count(database, project.id, text, limits)

    def ids(
        self, project: Project, text: str = "", limits: Limits = NO_LIMITS, limit: int = -1
    ) -> list[str]:
        """The ids of such tokens, at most `limit` of them, in no order."""
        with self._session.reading() as database:
            return token_listing.ids(database, project.id, text, limits, limit)

    def written_environments(
        self, project: Project, *, besides: ServiceToken | None = None
    ) -> set[str]:
        """The slugs of the environments that some token other than `besides` may write to."""
        with self._session.reading() as database:
            return token_listing.written_environments(
                database, project.id, besides.id if besides else ""
            )

    def names(self, project: Project, *, no_drafts: bool = False) -> Names:
        """The names that a project's tokens have, to find those that look alike.

        With `no_drafts` they are for judging these names alone, and take little memory.

        Tokens that a rotation replaced by one of the same name are left out.
        """
        from st_tui.core.lint.names import Names, OwnNames  # not for the first frame

        with self._session.reading() as database:
            found = token_listing.names(database, project.id)
            return OwnNames(found) if no_drafts else Names(found)

    def get(self, token_id: str) -> ServiceToken:
        """One token by its id. Raises VaultError, which says if the token expired."""
        known = self.lookup(token_id)
        if known.token is not None:
            return known.token
        if known.tombstone is not None:
            raise VaultError(
                f"That token expired at {expiry.iso(ended_at(known.tombstone))} and was deleted."
            )
        # Somebody may have given the token's whole text. What follows the id there is secret.
        asked = ".".join(token_id.split(".")[:2])[:60]
        raise VaultError(f"There is no token {asked!r}: `service-token list` shows all.")

    def lookup(self, token_id: str) -> Known:
        """What is known of an id: the token, or the tombstone of an expired one."""
        with self._session.reading() as database:
            token = tokens.find(database, token_id)
            return Known(token, audit.tombstone(database, token_id) if not token else None)

    def lineage(self, token: ServiceToken) -> Lineage:
        """The token that this one replaced, and those that replaced it."""
        from st_tui.core.vault.lineage import lineage  # not for the first frame

        with self._session.reading() as database:
            return lineage(database, token.id)

    def authenticate(self, text: TokenText) -> Known:
        """What is known of a token's text: nothing, if the secret is wrong for a living token.

        Whatever is wrong with a text, the same statements are run. So the time that they take tells
        nobody which ids exist.
        """
        with self._session.reading() as database:
            stored = tokens.secret_hash(database, text.id, text.version)
            matches = crypto.secret_matches(text.secret, stored or _NO_HASH)
            # A token is read only for somebody who knows its secret.
            token = tokens.find(database, text.id) if matches else None
            return Known(token, None if token else audit.tombstone(database, text.id))

    def create(self, project: Project, draft: TokenDraft) -> NewToken:
        """Make a service token. Its text is in what this returns, and nowhere else."""
        with self._session.change() as record:
            return self._create(record, project, draft)

    def clone(self, token: ServiceToken, *, name: str | None = None) -> NewToken:
        """A new token with the same scopes, permissions and V3 options.

        It has the same *duration*, from now. A V3 clone starts inactive. The original lives.
        """
        with self._session.change() as record:
            project = self._session.project_of(token)
            return self._create(record, project, self.clone_draft(token, name=name))

    def clone_draft(self, token: ServiceToken, *, name: str | None = None) -> TokenDraft:
        """The draft that a clone starts from. Raises VaultError if the token has ended."""
        now = self._session.clock()
        draft = self.rotate_draft(token)
        end = draft.expires_at
        return draft._replace(
            name=drafts.name_of_copy(draft.name) if name is None else name,
            expires_at=None if end is None else expiry.expires_after(end - token.created_at, now),
            is_active=draft.version == 2,
        )

    def rotate_draft(self, token: ServiceToken) -> TokenDraft:
        """The draft that a rotation starts from. Raises VaultError if the token has ended."""
        with self._session.reading() as database:
            token = self._living(token)
            end = tokens.stated_end(database, token.id)
        return TokenDraft(
            name=token.name,
            scopes=token.scopes,
            permissions=token.permissions,
            expires_at=end,
            version=token.version,
            is_active=token.is_active,
            trusted_ips=token.trusted_ips,
        )

    def rotate(
        self,
        token: ServiceToken,
        *,
        overlap: int = 0,
        keep_end: bool = True,
        expires_at: int | None = None,
    ) -> NewToken:
        """Replace a token by a new one with the same scopes, permissions, name and switches.

        The new token has the same end, or `expires_at` unless `keep_end`. The old one ends in the
        same transaction, or after `overlap` milliseconds.
        """
        if overlap < 0:
            raise VaultError("An overlap cannot be negative: give the seconds both tokens live.")
        with self._session.change() as record:
            now = self._session.clock()
            token = self._living(token)
            project = self._session.project_of(token)
            draft = self.rotate_draft(token)
            if not keep_end:
                draft = draft._replace(expires_at=expires_at)
            new = self._create(record, project, draft, rotated_from=token.id)
            old = expiry.replaced(token, overlap, now)
            if old.ends_at is not None:
                tokens.end_early(self._session.database, token.id, old.ends_at)
                record(
                    "rotate-service-token",
                    project,
                    target=token.id,
                    details={"name": token.name, "endsAt": expiry.iso(old.ends_at)},
                )
            else:
                tokens.delete(self._session.database, token.id)
                record_end(record, project, token, reason="rotated")
            return new._replace(replaced=old)

    def revoke(self, revoked: Sequence[ServiceToken]) -> int:
        """Delete tokens: all of them, or none if one is gone. Returns how many it deleted."""
        each = {token.id: token for token in revoked}
        with self._session.change() as record:
            for token in each.values():
                token = self._stored(token)
                tokens.delete(self._session.database, token.id)
                record_end(record, self._session.project_of(token), token, reason="revoked")
        return len(each)

    def set_active(self, token: ServiceToken, active: bool) -> ServiceToken:
        """Activate or deactivate a V3 token."""
        with self._session.change() as record:
            changed = self._switchable(token)._replace(is_active=active)
            self._switch(record, changed, {"isActive": active})
        return changed

    def set_trusted_ips(self, token: ServiceToken, ips: Sequence[IpRange]) -> ServiceToken:
        """Replace the trusted IPs of a V3 token; an empty list is refused."""
        if not ips:
            raise VaultError(drafts.NO_TRUSTED_IP)
        with self._session.change() as record:
            changed = self._switchable(token)._replace(trusted_ips=tuple(ips))
            self._switch(record, changed, {"trustedIps": [block.text for block in ips]})
        return changed

    def sweep(self) -> list[ServiceToken]:
        """Delete the tokens whose end is reached, and log their tombstones; the deleted tokens."""
        if self._session.is_read_only:
            return []
        end = self.next_end()
        if end is None or end > self._session.clock():
            return []
        with self._session.change() as record:
            gone = tokens.expired(self._session.database, self._session.clock())
            for token in gone:
                tokens.delete(self._session.database, token.id)
                record_end(record, self._session.project_of(token), token, reason="expired")
        return gone

    def next_end(self) -> int | None:
        """When the next token ends; None if none ever does."""
        with self._session.reading() as database:
            return tokens.next_end(database)

    def _create(
        self,
        record: Recorder,
        project: Project,
        draft: TokenDraft,
        *,
        rotated_from: str | None = None,
    ) -> NewToken:
        now = self._session.clock()
        self._session.require_project(project)
        known = projects.environments(self._session.database, project.id)
        if rotated_from is None:
            drafts.check_draft(draft, known, now)
        else:
            # A rotation keeps a name that is refused today, and scopes of a deleted environment.
            gone = [Environment(scope.environment, "") for scope in draft.scopes]
            drafts.check_terms(draft, known + gone, now)
        text = token_text.mint(draft.version, self._session.randbytes)
        token = ServiceToken(
            id=text.id,
            name=draft.name,
            scopes=draft.scopes,
            permissions=draft.permissions,
            expires_at=draft.expires_at,
            created_at=now,
            version=draft.version,
            is_active=draft.is_active,
            trusted_ips=draft.trusted_ips,
            project_id=project.id,
            created_by=OPERATOR_ID,
        )
        credentials = tokens.Credentials(
            crypto.hash_secret(text.secret),
            crypto.seal(self._session.project_key(project.id), text.key, self._session.randbytes),
        )
        tokens.insert(self._session.database, token, credentials)
        details = token_log.described(token) | token_log.switches(token)
        if rotated_from:
            details["rotatedFrom"] = rotated_from
        record("create-service-token", project, target=token.id, details=details)
        return NewToken(token, text)

    def _switch(self, record: Recorder, token: ServiceToken, details: dict[str, Any]) -> None:
        tokens.switch(self._session.database, token)
        record(
            "update-service-token-v3",
            self._session.project_of(token),
            target=token.id,
            details={"name": token.name} | details,
        )

    def _switchable(self, token: ServiceToken) -> ServiceToken:
        if token.version != 3:
            raise VaultError("A V2 token has no active switch and no trusted IPs: make a V3 token.")
        return self._living(token)

    def _living(self, token: ServiceToken) -> ServiceToken:
        """The token as it is stored now, if it has not ended."""
        stored = self._stored(token)
        now = self._session.clock()
        if stored.expires_at is not None and now >= stored.expires_at:
            raise VaultError(
                f"The token {token.name!r} expired at {expiry.iso(stored.expires_at)}: "
                "create a new one."
            )
        return stored

    def _stored(self, token: ServiceToken) -> ServiceToken:
        """The token as it is stored now, which may differ from what the caller read earlier."""
        stored = tokens.find(self._session.database, token.id)
        if stored is None:
            raise VaultError(
                f"The token {token.name!r} is gone: it was revoked or it expired meanwhile."
            )
        return stored


def record_end(record: Recorder, project: Project, token: ServiceToken, *, reason: str) -> None:
    """Write into the audit log that a token was deleted: its name, scopes and end.

    For an expired token, which the system deletes, the entry is its tombstone.
    """
    record(
        "delete-service-token",
        project,
        target=token.id,
        reason=reason,
        details=token_log.described(token),
        actor="system" if reason == "expired" else None,
    )


def ended_at(tombstone: AuditEntry) -> int:
    """When an expired token reached its end, which may be long before it was deleted."""
    said = read_object(tombstone.details) or {}
    try:
        return expiry.parse_time(str(said.get("expiresAt")))
    except Refusal:
        # Only an edited log has none, and `audit verify` says so. By the entry's time it had ended.
        return tombstone.time
