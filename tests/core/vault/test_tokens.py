"""A token's life: made, found, switched, cloned, rotated, revoked, ended."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from st_tui.core.addresses import parse_address, parse_ranges
from st_tui.core.errors import Refusal
from st_tui.core.expiry import DAY, HOUR, MONTH, ExpiryError
from st_tui.core.model import (
    AccessRequest,
    Environment,
    Limits,
    NewToken,
    Order,
    Permission,
    Project,
    Reason,
    Scope,
    Sealed,
    ServiceToken,
)
from st_tui.core.plain_text import TextError
from st_tui.core.store import token_listing
from st_tui.core.store import tokens as stored_tokens
from st_tui.core.token_text import parse
from st_tui.core.vault import Known, Vault, VaultError, check
from tests.core.test_crypto import opened_by_a_client
from tests.core.vaults import (
    DATABASE_FILES,
    NOON,
    WRITE,
    Clock,
    bytes_in_files,
    edit,
    raw,
    sqlite_of,
    v2,
    v3,
)


def reason(vault: Vault, known: Known, path: str = "/common/db") -> Reason:
    return check(known, AccessRequest("dev", path, Permission.READ, vault.now())).reason


def test_a_token_is_kept_as_it_was_asked_for(vault: Vault, project: Project) -> None:
    draft = v2("ci", "dev:/common/**", "prod:/a", permissions=WRITE)
    made = vault.tokens.create(project, draft).token
    kept = vault.tokens.get(made.id)
    assert kept == made
    assert (kept.name, kept.scopes, kept.permissions) == (
        "ci",
        (Scope("dev", "/common/**"), Scope("prod", "/a")),
        frozenset({Permission.WRITE}),
    )
    assert (kept.created_at, kept.expires_at, kept.version) == (NOON, NOON + DAY, 2)
    assert (kept.is_active, kept.trusted_ips, kept.last_used) == (True, None, None)


@pytest.mark.parametrize("name", ["ci\u200b", " ci", "ci\u3000"], ids=ascii)
def test_a_name_of_an_older_release_is_kept_but_given_to_no_new_token(
    vault: Vault, project: Project, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    with monkeypatch.context() as older:
        older.setattr("st_tui.core.drafts.check_new_name", lambda *_: None)
        old = vault.tokens.create(project, v2(name)).token
    with pytest.raises(TextError, match=r"U\+"):
        vault.tokens.create(project, v2(name))
    with pytest.raises(TextError, match=r"U\+"):
        vault.tokens.clone(old, name=name)
    assert [token.name for token in vault.tokens.page(project)] == [name]
    new = vault.tokens.rotate(old).token
    assert vault.tokens.get(new.id).name == name
    assert vault.tokens.clone(new).token.name == "ci copy"
    assert vault.tokens.names(project).same(name) == 1


def test_a_list_is_limited_to_tokens_that_end_soon_or_lie_unused(
    vault: Vault, project: Project, clock: Clock
) -> None:
    def make(name: str, life: int | None) -> ServiceToken:
        end = None if life is None else clock.now + life
        return vault.tokens.create(project, v2(name, expires_at=end)).token

    old_unused, old_used = make("old", None), make("busy", 90 * DAY)
    clock.now += 31 * DAY
    soon, later = make("soon", 7 * DAY), make("later", 7 * DAY + 1)
    used_at = clock.now - 30 * DAY
    with vault._session.database.transaction():
        stored_tokens.note_uses(vault._session.database, [(old_used.id, used_at)])

    def listed(limits: Limits) -> list[str]:
        found = vault.tokens.page(project, limits=limits, order=Order.NAME)
        assert vault.tokens.count(project, limits=limits) == len(found)
        assert [
            vault.tokens.position(project, t, limits=limits, order=Order.NAME) for t in found
        ] == list(range(len(found)))
        return [token.name for token in found]

    assert listed(Limits(ends_by=clock.now + 7 * DAY)) == [soon.name]
    assert listed(Limits(ends_by=clock.now + 7 * DAY + 1)) == [later.name, soon.name]
    assert listed(Limits(unused_since=used_at)) == [old_unused.name]
    assert listed(Limits(unused_since=used_at + 1)) == [old_used.name, old_unused.name]
    assert listed(Limits(unused_since=used_at + 1, ends_by=clock.now + 60 * DAY)) == [old_used.name]
    assert vault.tokens.count(project, "bus", Limits(unused_since=used_at + 1)) == 1


def test_a_list_is_limited_to_tokens_with_given_ids(vault: Vault, project: Project) -> None:
    first, second, third = (vault.tokens.create(project, v2(n)).token for n in ("a", "b", "ab"))
    elsewhere = vault.projects.create("Elsewhere")
    other = vault.tokens.create(elsewhere, v2("a")).token
    vault.tokens.revoke([third])
    among = Limits(among=frozenset({second.id, first.id, third.id, other.id, "nobody"}))
    assert vault.tokens.page(project, limits=among, order=Order.NAME) == [first, second]
    assert vault.tokens.page(project, limits=Limits(among=frozenset())) == []
    assert set(vault.tokens.ids(project, limits=among)) == {first.id, second.id}
    assert vault.tokens.ids(project, "a") == [first.id]
    assert set(vault.tokens.ids(project)) == {first.id, second.id}
    assert len(vault.tokens.ids(project, limit=1)) == 1


def test_the_text_opens_the_project_key_as_a_client_opens_it(
    vault: Vault, project: Project
) -> None:
    """The fourth part is an AES-256 key for the sealed copy; both tokens open the same key."""
    keys = set()
    for new in (vault.tokens.create(project, v2()), vault.tokens.create(project, v3())):
        with raw(vault.directory) as connection:
            row = connection.execute(
                "SELECT encrypted_key, iv, tag FROM service_token WHERE id = ?", (new.token.id,)
            ).fetchone()
        keys.add(opened_by_a_client(Sealed(*row), parse(new.text.full).key))
    (key,) = keys
    assert len(key) == 32
    assert key.encode() not in bytes_in_files(vault.directory)


def test_no_secret_ever_reaches_a_file(vault: Vault, project: Project) -> None:
    first = vault.tokens.create(project, v2())
    third = vault.tokens.create(project, v3())
    made = [
        first,
        third,
        vault.tokens.clone(first.token),
        vault.tokens.clone(third.token),
        vault.tokens.rotate(first.token),
        vault.tokens.rotate(third.token, overlap=HOUR),
    ]
    vault.projects.set_e2ee(project, on=False)
    project_key = vault._session.project_key(project.id)
    assert all((vault.directory / name).exists() for name in DATABASE_FILES)
    written = bytes_in_files(vault.directory)
    for text in [project_key, *(part for new in made for part in (new.text.secret, new.text.key))]:
        assert text.encode() not in written
        assert bytes.fromhex(text) not in written
    assert len({new.text.secret for new in made}) == len({new.text.key for new in made}) == 6
    shown = repr(made) + repr(vault.audit.page()) + repr(vault.tokens.page(project))
    assert not any(new.text.secret in shown or new.text.key in shown for new in made)


def test_only_the_right_secret_is_known(vault: Vault, project: Project) -> None:
    new, other = (vault.tokens.create(project, v2()).text for _ in range(2))
    assert reason(vault, vault.tokens.authenticate(new)) is Reason.ALLOWED
    for wrong in (
        replace(new, secret=other.secret),
        replace(new, id=other.id),
        replace(new, version=3),
        replace(new, id="00000000-0000-4000-8000-000000000000"),
    ):
        assert vault.tokens.authenticate(wrong) == Known(None, None)
        assert reason(vault, vault.tokens.authenticate(wrong)) is Reason.UNKNOWN
    assert vault.tokens.authenticate(replace(new, key="")).token is not None


class TestEnd:
    def test_an_ended_token_is_judged_expired_until_it_is_swept(
        self, vault: Vault, project: Project, clock: Clock
    ) -> None:
        new = vault.tokens.create(project, v2())
        clock.now = NOON + DAY - 1
        assert reason(vault, vault.tokens.authenticate(new.text)) is Reason.ALLOWED
        assert vault.tokens.sweep() == []
        clock.now = NOON + DAY
        before = vault.audit.count()
        assert reason(vault, vault.tokens.authenticate(new.text)) is Reason.EXPIRED
        assert reason(vault, vault.tokens.lookup(new.token.id)) is Reason.EXPIRED
        assert vault.audit.count() == before
        assert vault.tokens.count(project) == 1

    def test_a_wrong_secret_on_an_ended_row_is_unknown(
        self, vault: Vault, project: Project, clock: Clock
    ) -> None:
        new = vault.tokens.create(project, v2())
        clock.advance(2 * DAY)
        wrong = replace(new.text, secret="0" * 32)
        assert reason(vault, vault.tokens.authenticate(wrong)) is Reason.UNKNOWN

    def test_the_sweep_leaves_a_tombstone(
        self, vault: Vault, project: Project, clock: Clock
    ) -> None:
        new = vault.tokens.create(project, v2())
        forever = vault.tokens.create(project, v2("forever", expires_at=None)).token
        clock.advance(DAY + HOUR)
        assert vault.tokens.sweep() == [new.token]
        assert vault.tokens.sweep() == []
        assert vault.tokens.page(project) == [forever]
        tombstone = vault.tokens.lookup(new.token.id).tombstone
        assert tombstone is not None
        assert (tombstone.event, tombstone.actor, tombstone.reason) == (
            "delete-service-token",
            "system",
            "expired",
        )
        assert '"name":"ci-deploy"' in tombstone.details
        assert '"secretPath":"/common/**"' in tombstone.details
        assert '"expiresAt":"2027-01-16T12:00:00.000Z"' in tombstone.details
        assert reason(vault, vault.tokens.authenticate(new.text)) is Reason.EXPIRED
        assert reason(vault, vault.tokens.lookup(new.token.id)) is Reason.EXPIRED
        with pytest.raises(VaultError, match=r"expired at 2027-01-16T12:00:00\.000Z and was del"):
            vault.tokens.get(new.token.id)

    def test_the_next_end_is_the_earliest_of_all(
        self, vault: Vault, project: Project, clock: Clock
    ) -> None:
        assert vault.tokens.next_end() is None
        vault.tokens.create(project, v2(expires_at=None))
        assert vault.tokens.next_end() is None
        late = vault.tokens.create(project, v2(expires_at=NOON + 9 * DAY)).token
        assert vault.tokens.next_end() == NOON + 9 * DAY
        vault.tokens.rotate(late, overlap=HOUR)
        assert vault.tokens.next_end() == NOON + HOUR
        clock.advance(HOUR)
        assert [token.id for token in vault.tokens.sweep()] == [late.id]
        assert vault.tokens.next_end() == NOON + 9 * DAY

    def test_two_programs_sweep_once(
        self, vault: Vault, colleague: Vault, project: Project, clock: Clock
    ) -> None:
        vault.tokens.create(project, v2())
        clock.advance(DAY)
        assert (len(vault.tokens.sweep()), len(colleague.tokens.sweep())) == (1, 0)
        assert len(vault.audit.page(event="delete-service-token")) == 1

    def test_what_has_ended_is_not_brought_back(
        self, vault: Vault, project: Project, clock: Clock
    ) -> None:
        """Neither by its own end nor by an overlap's, though no sweep came by."""
        token = vault.tokens.create(project, v3()).token
        overlapping = vault.tokens.create(project, v2(expires_at=None)).token
        vault.tokens.rotate(overlapping, overlap=HOUR)
        clock.advance(DAY)
        for ended in (token, overlapping):
            with pytest.raises(VaultError, match="expired at"):
                vault.tokens.clone(ended)
            with pytest.raises(VaultError, match="expired at"):
                vault.tokens.rotate(ended)
        with pytest.raises(VaultError, match="expired at"):
            vault.tokens.set_active(token, True)
        vault.tokens.revoke([token])

    @pytest.mark.parametrize("details", ["{}", "null", '{"expiresAt": [1]}', "[" * 100_000])
    def test_of_a_tombstone_that_somebody_changed_its_own_time_is_told(
        self, vault: Vault, project: Project, clock: Clock, details: str
    ) -> None:
        token = vault.tokens.create(project, v2()).token
        clock.advance(DAY)
        vault.tokens.sweep()
        edit(vault.directory, f"UPDATE audit_log SET details = '{details}'")
        with pytest.raises(VaultError, match=r"expired at 2027-01-16T12:00:00\.000Z"):
            vault.tokens.get(token.id)


class TestClone:
    def test_the_clone_has_the_same_duration_from_now(
        self, vault: Vault, project: Project, clock: Clock
    ) -> None:
        original = vault.tokens.create(project, v2(expires_at=NOON + MONTH))
        clock.advance(20 * DAY)
        clone = vault.tokens.clone(original.token)
        assert clone.token == original.token._replace(
            id=clone.token.id,
            name="ci-deploy copy",
            created_at=NOON + 20 * DAY,
            expires_at=NOON + 20 * DAY + MONTH,
        )
        assert clone.text.full != original.text.full
        assert vault.tokens.get(original.token.id) == original.token
        for new in (original, clone):
            assert reason(vault, vault.tokens.authenticate(new.text)) is Reason.ALLOWED

    def test_never_stays_never(self, vault: Vault, project: Project) -> None:
        token = vault.tokens.create(project, v2(expires_at=None)).token
        assert vault.tokens.clone(token, name="again").token.expires_at is None

    def test_the_duration_is_the_one_it_was_made_with(self, vault: Vault, project: Project) -> None:
        """A rotation's overlap shortens the life of the old text, not of what is made from it."""
        token = vault.tokens.create(project, v2(expires_at=NOON + MONTH)).token
        vault.tokens.rotate(token, overlap=HOUR)
        assert vault.tokens.clone(token).token.expires_at == NOON + MONTH

    def test_a_v3_clone_starts_inactive(self, vault: Vault, project: Project) -> None:
        token = vault.tokens.create(project, v3(trusted=("10.0.0.0/8",))).token
        token = vault.tokens.set_active(token, True)
        clone = vault.tokens.clone(token).token
        assert (clone.is_active, clone.trusted_ips) == (False, parse_ranges(["10.0.0.0/8"]))

    def test_the_longest_name_still_has_a_copy(self, vault: Vault, project: Project) -> None:
        token = vault.tokens.create(project, v2("n" * 100)).token
        assert vault.tokens.clone(token).token.name == "n" * 95 + " copy"

    def test_a_token_revoked_by_a_colleague_is_not_cloned(
        self, vault: Vault, colleague: Vault, project: Project
    ) -> None:
        """Its end is gone with it: a copy would live for ever."""
        token = vault.tokens.create(project, v2()).token
        colleague.tokens.revoke([token])
        with pytest.raises(VaultError, match="is gone"):
            vault.tokens.clone(token)
        with pytest.raises(VaultError, match="is gone"):
            vault.tokens.clone_draft(token)
        assert vault.tokens.count(project) == 0


class TestRotate:
    def test_the_old_text_ends_at_once_and_the_end_stays(
        self, vault: Vault, project: Project, clock: Clock
    ) -> None:
        old = vault.tokens.create(project, v2(expires_at=NOON + MONTH))
        clock.advance(DAY)
        new = vault.tokens.rotate(old.token)
        assert new.token == old.token._replace(id=new.token.id, created_at=NOON + DAY)
        assert reason(vault, vault.tokens.authenticate(old.text)) is Reason.UNKNOWN
        assert reason(vault, vault.tokens.authenticate(new.text)) is Reason.ALLOWED
        entries = vault.audit.page(limit=2)
        assert [(e.event, e.reason) for e in entries] == [
            ("delete-service-token", "rotated"),
            ("create-service-token", None),
        ]
        assert f'"rotatedFrom":"{old.token.id}"' in entries[1].details

    @pytest.mark.parametrize(
        ("life", "overlap", "end"),
        [(MONTH, HOUR, HOUR), (HOUR, DAY, HOUR), (None, HOUR, HOUR), (HOUR, HOUR, HOUR)],
    )
    def test_with_an_overlap_the_end_is_the_earlier(
        self, vault: Vault, project: Project, clock: Clock, life: int | None, overlap: int, end: int
    ) -> None:
        draft = v2(expires_at=None if life is None else NOON + life)
        old = vault.tokens.create(project, draft)
        new = vault.tokens.rotate(old.token, overlap=overlap)
        assert vault.tokens.get(old.token.id).expires_at == NOON + end
        assert new.token.expires_at == draft.expires_at
        told = vault.audit.page(about=old.token.id, limit=1)[0]
        assert told.event == "rotate-service-token"
        assert '"endsAt":"2027-01-15T13:00:00.000Z"' in told.details
        clock.now = NOON + end - 1
        assert reason(vault, vault.tokens.authenticate(old.text)) is Reason.ALLOWED
        clock.now = NOON + end
        assert reason(vault, vault.tokens.authenticate(old.text)) is Reason.EXPIRED

    def test_a_second_rotation_never_gives_time_back(self, vault: Vault, project: Project) -> None:
        old = vault.tokens.create(project, v2()).token
        vault.tokens.rotate(old, overlap=HOUR)
        vault.tokens.rotate(old, overlap=5 * HOUR)
        assert vault.tokens.get(old.id).expires_at == NOON + HOUR
        vault.tokens.rotate(old, overlap=60_000)
        assert vault.tokens.get(old.id).expires_at == NOON + 60_000

    def test_another_end_can_be_given(self, vault: Vault, project: Project) -> None:
        old = vault.tokens.create(project, v2()).token
        later = vault.tokens.rotate(old, keep_end=False, expires_at=NOON + MONTH).token
        assert later.expires_at == NOON + MONTH
        assert vault.tokens.rotate(later, keep_end=False).token.expires_at is None
        with pytest.raises(ExpiryError):
            vault.tokens.rotate(vault.tokens.page(project)[0], keep_end=False, expires_at=NOON)
        assert vault.tokens.count(project) == 1

    def test_a_negative_overlap_is_refused(self, vault: Vault, project: Project) -> None:
        with pytest.raises(VaultError, match="cannot be negative"):
            vault.tokens.rotate(vault.tokens.create(project, v2()).token, overlap=-1)

    def test_one_whose_environment_is_gone_still_rotates(
        self, vault: Vault, project: Project
    ) -> None:
        """Otherwise a leaked text of it could only be revoked, and its other scopes with it."""
        old = vault.tokens.create(project, v2("t", "staging:/a", "dev:/b")).token
        vault.environments.delete(project, "staging")
        assert vault.tokens.rotate(old).token.scopes == old.scopes

    def test_the_switches_are_those_of_now_not_of_an_old_picture(
        self, vault: Vault, colleague: Vault, project: Project
    ) -> None:
        active = vault.tokens.set_active(vault.tokens.create(project, v3()).token, True)
        colleague.tokens.set_active(active, False)
        colleague.tokens.set_trusted_ips(active, parse_ranges(["10.0.0.0/8"]))
        new = vault.tokens.rotate(active).token
        assert (new.is_active, new.trusted_ips) == (False, parse_ranges(["10.0.0.0/8"]))


class TestRevoke:
    def test_all_or_none(self, vault: Vault, colleague: Vault, project: Project) -> None:
        one, two, three = (vault.tokens.create(project, v2(name)).token for name in "abc")
        colleague.tokens.revoke([two])
        count = vault.audit.count()
        with pytest.raises(VaultError, match="'b' is gone"):
            vault.tokens.revoke([one, two, three])
        assert vault.tokens.count(project) == 2
        assert vault.audit.count() == count
        assert vault.tokens.revoke([three, one, three]) == 2
        assert vault.tokens.count(project) == 0
        assert [(e.target, e.reason) for e in vault.audit.page(limit=2)] == [
            (one.id, "revoked"),
            (three.id, "revoked"),
        ]

    def test_a_revoked_text_is_unknown(self, vault: Vault, project: Project) -> None:
        new = vault.tokens.create(project, v2())
        vault.tokens.revoke([new.token])
        assert vault.tokens.authenticate(new.text) == Known(None, None)
        with pytest.raises(VaultError, match="There is no token"):
            vault.tokens.get(new.token.id)


class TestV3Switches:
    def test_active_and_trusted_ips_change_each_on_its_own(
        self, vault: Vault, colleague: Vault, project: Project
    ) -> None:
        """Two people, each with the old picture: neither undoes what the other did."""
        old = vault.tokens.create(project, v3()).token
        vault.tokens.set_active(old, True)
        after = colleague.tokens.set_trusted_ips(old, parse_ranges(["10.0.0.0/8"]))
        assert after == vault.tokens.get(old.id)
        assert (after.is_active, after.trusted_ips) == (True, parse_ranges(["10.0.0.0/8"]))
        assert vault.tokens.set_active(old, True) == after == vault.tokens.get(old.id)
        request = AccessRequest(
            "dev", "/common", Permission.READ, NOON, ip=parse_address("9.9.9.9")
        )
        assert check(vault.tokens.lookup(old.id), request).reason is Reason.IP
        assert [e.event for e in vault.audit.page(limit=3)] == ["update-service-token-v3"] * 3

    def test_an_empty_list_is_refused(self, vault: Vault, project: Project) -> None:
        with pytest.raises(VaultError, match="at least one trusted IP"):
            vault.tokens.set_trusted_ips(vault.tokens.create(project, v3()).token, [])

    def test_v2_has_no_switches(self, vault: Vault, project: Project) -> None:
        token = vault.tokens.create(project, v2()).token
        with pytest.raises(VaultError, match="V2 token has no active switch"):
            vault.tokens.set_active(token, False)
        with pytest.raises(VaultError, match="V2 token has no active switch"):
            vault.tokens.set_trusted_ips(token, parse_ranges(["::/0"]))

    def test_a_v3_row_without_its_switches_opens_nothing(
        self, vault: Vault, project: Project
    ) -> None:
        token = vault.tokens.set_active(vault.tokens.create(project, v3()).token, True)
        with raw(vault.directory) as connection:
            connection.execute("DELETE FROM service_token_v3")
        assert reason(vault, vault.tokens.lookup(token.id)) is Reason.INACTIVE

    def test_an_unreadable_block_trusts_nobody_and_hides_no_other_token(
        self, vault: Vault, project: Project
    ) -> None:
        token = vault.tokens.set_active(vault.tokens.create(project, v3()).token, True)
        with raw(vault.directory) as connection:
            connection.execute("UPDATE service_token_v3 SET trusted_ips = '\x1b[2J'")
        assert reason(vault, vault.tokens.lookup(token.id)) is Reason.IP
        assert [known.id for known in vault.tokens.page(project)] == [token.id]


class TestList:
    @pytest.fixture
    def made(self, vault: Vault, project: Project, clock: Clock) -> list[ServiceToken]:
        """In the order of their making."""
        tokens = []
        for name, scope, life in (
            ("beta", "dev:/a", 3),
            ("Alpha", "prod:/100%", None),
            ("gamma", "staging:/x_y", 1),
            ("alpha", "dev:/b/**", 2),
        ):
            end = None if life is None else NOON + life * DAY
            tokens.append(vault.tokens.create(project, v2(name, scope, expires_at=end)).token)
            clock.advance(1)
        return tokens

    @pytest.mark.parametrize(
        ("order", "names"),
        [
            (Order.CREATED, [{"alpha"}, {"gamma"}, {"Alpha"}, {"beta"}]),
            (Order.NAME, [{"alpha", "Alpha"}, {"alpha", "Alpha"}, {"beta"}, {"gamma"}]),
            (Order.EXPIRES, [{"gamma"}, {"alpha"}, {"beta"}, {"Alpha"}]),
        ],
    )
    def test_every_order_both_ways_in_pages(
        self,
        vault: Vault,
        project: Project,
        made: list[ServiceToken],
        order: Order,
        names: list[set[str]],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def page(**how: int) -> list[str]:
            listed = vault.tokens.page(project, order=order, **how)  # type: ignore[arg-type]
            return [token.id for token in listed]

        listed = [token.name for token in vault.tokens.page(project, order=order)]
        assert all(name in place for name, place in zip(listed, names, strict=True))
        assert page(backwards=True) == page()[::-1]
        assert page(limit=2) + page(limit=2, offset=2) + page(limit=2, offset=4) == page()
        monkeypatch.setattr(token_listing, "_FAR", 1)  # from there on from behind, if nearer
        every = page()
        for offset in range(len(every) + 2):
            for limit in range(len(every) + 2):
                there = every[offset : offset + limit]
                assert page(limit=limit, offset=offset) == there
                assert (
                    page(limit=limit, offset=offset, backwards=True)
                    == every[::-1][offset : offset + limit]
                )

    def test_an_overlap_sorts_by_the_end_it_brings(
        self, vault: Vault, project: Project, made: list[ServiceToken]
    ) -> None:
        vault.tokens.rotate(made[1], overlap=HOUR)
        assert vault.tokens.page(project, order=Order.EXPIRES)[0].id == made[1].id

    @pytest.mark.parametrize(
        ("text", "names"),
        [
            ("ALPHA", {"Alpha", "alpha"}),
            ("dev:/", {"beta", "alpha"}),
            ("prod", {"Alpha"}),
            ("%", {"Alpha"}),
            ("_", {"gamma"}),
            ("\\", set()),
            ("", {"Alpha", "alpha", "beta", "gamma"}),
        ],
    )
    def test_the_filter_looks_at_name_environment_and_path(
        self,
        vault: Vault,
        project: Project,
        made: list[ServiceToken],
        text: str,
        names: set[str],
    ) -> None:
        found = vault.tokens.page(project, text=text)
        assert {token.name for token in found} == names
        assert vault.tokens.count(project, text) == len(names)

    def test_projects_do_not_mix(self, vault: Vault, project: Project) -> None:
        other = vault.projects.create("Other")
        vault.tokens.create(other, v2())
        assert vault.tokens.page(project) == []
        assert vault.tokens.page(project, text="ci") == []
        assert vault.tokens.count(project, "ci") == 0


def test_use_is_counted_apart_from_the_token(vault: Vault, project: Project) -> None:
    token = vault.tokens.create(project, v2()).token
    stored_tokens.note_uses(vault._session.database, [(token.id, 5), (token.id, 3), ("gone", 9)])
    assert vault.tokens.get(token.id) == token._replace(last_used=5, use_count=2)
    connection = sqlite_of(vault)
    assert connection.execute("SELECT use_count FROM service_token_use").fetchall() == [(2,)]


def test_a_text_given_for_an_id_leaves_no_secret_in_the_exception(
    vault: Vault, project: Project
) -> None:
    text = vault.tokens.create(project, v2()).text
    with pytest.raises(VaultError, match="no token") as refused:
        vault.tokens.get(text.full)
    # The id is named, and may by chance begin as the secret does.
    assert f"st.{text.id}" in str(refused.value)
    assert f".{text.secret[:2]}" not in str(refused.value).replace(f"st.{text.id}", "")


def test_a_refused_draft_makes_nothing(vault: Vault, project: Project) -> None:
    for draft in (v2(" "), v2("t", "test:/"), v2(expires_at=NOON), v3()._replace(trusted_ips=())):
        with pytest.raises(Refusal):
            vault.tokens.create(project, draft)
    assert vault.tokens.count(project) == 0


def test_a_deleted_project_is_a_sentence(vault: Vault, colleague: Vault, project: Project) -> None:
    token = vault.tokens.create(project, v2()).token
    colleague.projects.delete(project)
    with pytest.raises(VaultError, match="project 'Shop' is gone"):
        vault.tokens.create(project, v2())
    for act in (vault.tokens.clone, vault.tokens.rotate):
        with pytest.raises(VaultError, match="is gone"):
            act(token)


def test_new_environments_are_known_to_drafts_at_once(vault: Vault, project: Project) -> None:
    vault.environments.create(project, Environment("qa", "QA"))
    new: NewToken = vault.tokens.create(project, v2("t", "qa:/"))
    assert new.token.scopes == (Scope("qa", "/"),)


def test_the_environments_that_some_other_token_may_write_to(
    vault: Vault, project: Project
) -> None:
    vault.tokens.create(project, v2("reader", "staging:/**"))
    only = vault.tokens.create(project, v2("only", "dev:/a", permissions=WRITE)).token
    assert vault.tokens.written_environments(project) == {"dev"}
    assert vault.tokens.written_environments(project, besides=only) == set()
    vault.tokens.create(project, v2("second", "dev:/b", permissions=WRITE))
    assert vault.tokens.written_environments(project, besides=only) == {"dev"}


def test_a_tokens_place_is_where_the_list_has_it(vault: Vault, project: Project) -> None:
    """In every order, with names and ends that several bear, filtered or not."""
    for number in range(9):
        ends = (None, NOON + DAY, NOON + 2 * DAY)[number % 3]
        vault.tokens.create(project, v2("abA"[number % 3], f"dev:/{number % 2}", expires_at=ends))
    gone = vault.tokens.create(project, v2("gone")).token
    vault.tokens.revoke([gone])
    for order in Order:
        for backwards in (False, True):
            for text in ("", "dev:/1", "b"):
                asked: dict[str, Any] = {"text": text, "order": order, "backwards": backwards}
                listed = vault.tokens.page(project, **asked)
                places = [vault.tokens.position(project, token, **asked) for token in listed]
                assert places == list(range(len(listed)))
                assert vault.tokens.position(project, gone, **asked) is None
    other = vault.tokens.page(project, text="dev:/0")[0]
    assert vault.tokens.position(project, other, text="dev:/1") is None
