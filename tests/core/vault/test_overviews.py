"""What is worked out little by little about all tokens, against the same worked out at once."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from typing import TypeVar

import pytest

from st_tui.core import lint, reach
from st_tui.core.access import decide
from st_tui.core.lint.names import Names
from st_tui.core.lookalikes import skeleton
from st_tui.core.model import AccessRequest, Permission, Project, Scope, ServiceToken, TokenDraft
from st_tui.core.patterns import compile_pattern
from st_tui.core.reach import promises
from st_tui.core.vault import Access, Vault
from st_tui.core.vault.overviews import (
    Desk,
    PromiseRow,
    PromisesOverview,
    Question,
    ReachOverview,
    TokenWarning,
    WarningsOverview,
    desk,
)
from tests.core.vaults import v2

Item = TypeVar("Item")
NAMES = ("ci", "deploy", "web", "web-2", "c\u0456", "metrics")
PATTERNS = (
    "/**", "/app{}/**", "/app{}", "/app{}/*", "/*/db", "/app{}/{{db,cache}}", "/**/log", "/own{}",
)  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Vault, Project]]:
    """A project with 700 tokens made at random, some of which were used."""
    seeded = random.Random(13)
    directory = tmp_path_factory.mktemp("overviews") / "vault"
    opened = Vault.create(
        directory, actor="ann", clock=lambda: 1_000_000, randbytes=seeded.randbytes
    )
    with closing(opened) as vault, vault.together():
        project = vault.projects.create("Big")
        for number in range(6):
            for below in ("db", "cache", "log/old"):
                vault.folders.create(project, "dev", f"/app{number}/{below}")
        every = [vault.tokens.create(project, _draft(seeded)).token for _ in range(700)]
        for token in seeded.sample(every, 100):
            _use(vault, project, token, f"/app{seeded.randrange(6)}")
        yield vault, project


def _draft(seeded: random.Random) -> TokenDraft:
    scopes = tuple(
        Scope(
            seeded.choice(("dev", "dev", "prod")),
            seeded.choice(PATTERNS).format(seeded.randrange(8)),
        )
        for _ in range(seeded.randrange(1, 5))
    )
    granted = frozenset(seeded.sample(list(Permission), seeded.randrange(1, 3)))
    end = seeded.choice((None, 1_000_001, 10**10, 10**11))
    name = f"{seeded.choice(NAMES)}{seeded.choice(('', seeded.randrange(400)))}"
    return TokenDraft(name, scopes, granted, end)


def _use(vault: Vault, project: Project, token: ServiceToken, path: str) -> None:
    request = AccessRequest("dev", path, Permission.READ, 1_000_000)
    access = Access("get-secrets", project, token, request, decide(token, request))
    vault.audit.record([access])


@pytest.fixture(autouse=True)
def small_slices(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every call looks at 64 tokens."""
    monkeypatch.setattr(desk, "SLICE", 0)
    monkeypatch.setattr(desk, "_AT_ONCE", 64)


def all_warnings(vault: Vault, project: Project, overview: WarningsOverview) -> list[TokenWarning]:
    """All that an overview of the warnings gives, page by page."""
    found = overview.begin(Desk(vault), project)
    while not found.progress.is_all:
        found = overview.look_on(Desk(vault))
    pages = [overview.page(Desk(vault), at, 50) for at in range(0, found.warnings, 50)]
    listed = [row for page in pages for row in page]
    assert len(listed) == found.warnings
    assert len({row.token.id for row in listed}) == found.about
    return listed


def linted(vault: Vault, project: Project) -> list[TokenWarning]:
    """The same, linted at once."""
    tokens = vault.tokens.page(project)
    folders = lint.FolderPaths(vault.folders.of_each(project))
    uses = vault.audit.uses_of_all(project)
    names = Names(token.name for token in tokens if not token.is_replaced)
    found = lint.lint_each(tokens, folders, lint.writers_of(tokens), uses, names)
    return sorted((TokenWarning(*each) for each in found), key=lambda row: row.warning.weight)


def test_warnings_are_those_of_the_lint_by_weight(made: tuple[Vault, Project]) -> None:
    vault, project = made
    overview = WarningsOverview()
    found = all_warnings(vault, project, overview)
    assert found == linted(vault, project)
    assert len({row.warning.kind for row in found}) > 4


def test_what_changed_is_looked_at_again(
    made: tuple[Vault, Project], monkeypatch: pytest.MonkeyPatch
) -> None:
    vault, project = made
    overview = WarningsOverview()
    all_warnings(vault, project, overview)
    judged: list[str] = []
    ask = lint.lint_each

    def noting(tokens: list[ServiceToken], *known: object) -> object:
        judged.extend(token.id for token in tokens)
        return ask(tokens, *known)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(lint, "lint_each", noting)
        assert overview.begin(Desk(vault), project).progress.is_all
        assert not judged
        used = vault.tokens.page(project)[300]
        _use(vault, project, used, "/app1/db")
        assert overview.begin(Desk(vault), project).progress.is_all
        assert judged == [used.id]
        judged.clear()
        tokens = vault.tokens.page(project)
        vault.tokens.revoke([tokens[5], tokens[6], tokens[699]])
        new = vault.tokens.create(project, v2("brand-new", "dev:/**")).token
        progress = overview.begin(Desk(vault), project).progress
        while not progress.is_all:
            progress = overview.look_on(Desk(vault)).progress
        assert new.id in judged
        # Else only those that had their names in common with one that is gone.
        named = {skeleton(tokens[number].name) for number in (5, 6, 699)}
        by_id = {token.id: skeleton(token.name) for token in tokens}
        assert {by_id[each] for each in judged if each != new.id} <= named
    assert all_warnings(vault, project, overview) == linted(vault, project)


@pytest.mark.parametrize("path", ["/", "/app1", "/app1/db", "/own3", "/*/db", "/app2/**", "/**"])
@pytest.mark.parametrize("operation", list(Permission))
def test_who_reaches_is_what_an_index_of_the_tokens_says(
    made: tuple[Vault, Project], path: str, operation: Permission
) -> None:
    vault, project = made
    now = 1_000_001  # some have ended
    tokens, folders = vault.tokens.page(project), vault.folders.of_each(project)
    index = reach.build_index(tokens, now)
    pattern = compile_pattern(path)
    if pattern.is_plain:
        expected = reach.who(index, "dev", path, operation)
    else:
        expected = reach.who_within(index, "dev", pattern, operation, folders["dev"])
    overview = ReachOverview()
    progress = overview.begin(Desk(vault), project, now)
    while not progress.is_all:
        progress = overview.read_on(Desk(vault))
    found = overview.ask(Desk(vault), Question("dev", path, operation))
    assert found == (len(expected), len(index.tokens))
    pages = [overview.page(Desk(vault), at, 30) for at in range(0, found.found, 30)]
    assert [row for page in pages for row in page] == list(expected)
    assert overview.begin(Desk(vault), project, now).is_all
    assert not overview.begin(Desk(vault), project, 10**10).is_all  # more have ended by then


def test_promises_are_proved_as_at_once(made: tuple[Vault, Project]) -> None:
    vault, project = made
    promised = promises.parse(
        "no token may write prod:/app1/**\n"
        "only ci*, deploy, web may read dev:/*/db\n"
        "no token may read staging:/**\n"
        "every token expires within 12 months\n",
        vault.environments.every(project),
    )
    now = 1_000_001
    index = reach.build_index(vault.tokens.page(project), now)
    expected: list[PromiseRow] = []
    for verdict in promises.prove(promised, index, vault.folders.of_each(project)):
        told = promises.told(verdict, now)
        expected.append(PromiseRow(verdict.promise, verdict.holds))
        expected += [PromiseRow(verdict.promise, verdict.holds, *each) for each in told]
    assert any("tokens of this name" in row.how for row in expected)
    overview = PromisesOverview()
    proved = overview.begin(Desk(vault), project, promised, now)
    while not proved.progress.is_all:
        proved = overview.look_on(Desk(vault))
    assert (proved.holding, proved.tokens) == (1, len(index.tokens))
    pages = [overview.page(Desk(vault), at, 40) for at in range(0, proved.rows, 40)]
    assert [row for page in pages for row in page] == expected


def test_nobody_reaches_anything_where_there_is_no_token(made: tuple[Vault, Project]) -> None:
    vault, project = made
    overview = ReachOverview()
    assert overview.begin(Desk(vault), project._replace(id="another"), 0).is_all
    assert overview.ask(Desk(vault), Question("dev", "/", Permission.READ)) == (0, 0)


def test_without_a_living_token_nothing_is_proved(made: tuple[Vault, Project]) -> None:
    vault, project = made
    promised = promises.parse("no token may write dev:/**", vault.environments.every(project))
    overview = PromisesOverview()
    empty = project._replace(id="another")
    with pytest.raises(promises.PromiseError, match="no living token"):
        overview.begin(Desk(vault), empty, promised, 0)


def test_names_judge_themselves_alike_with_less_memory() -> None:
    every = ["ci", "ci", "c\u0456", "web", "w\u0435b", "db", "a b"]
    names, own = Names(every), lint.names.OwnNames(every)
    for name in (*every, "other", "wеb "):
        assert own.same(name) == names.same(name)
    assert [own.alike(name) for name in every] == [names.alike(name) for name in every]


def test_where_the_last_token_went_no_warning_is_left(made: tuple[Vault, Project]) -> None:
    vault, project = made
    overview = WarningsOverview()
    all_warnings(vault, project, overview)
    vault.tokens.revoke(vault.tokens.page(project))
    found = overview.begin(Desk(vault), project)
    assert (found.progress.is_all, found.warnings, found.about) == (True, 0, 0)
