"""What the app shows as a command line does the same as the app."""

from __future__ import annotations

import shlex
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from st_tui.cli.commands.service_token.create import create
from st_tui.core import expiry
from st_tui.core.addresses import ANYWHERE_TEXT, parse_ranges
from st_tui.core.drafts import check_draft, parse_scope
from st_tui.core.errors import Refusal
from st_tui.core.model import Environment, NewToken, Permission, Project, Scope, TokenDraft
from st_tui.core.vault import Vault
from st_tui.tui import command_line
from st_tui.tui.try_it.real_call import HttpCall
from tests.conftest import NOW

ENVIRONMENTS = [Environment("dev", "Development"), Environment("prod", "Production")]
_PATHS = st.text(st.sampled_from("ab/*?{},[]-_ .~$'`\"!#&;é<>|\\"), min_size=1, max_size=12).map(
    lambda text: f"/{text}"
)
_ENDS = st.sampled_from(
    ["1 d", "7 d", "1 mo", "6 mo", "12 mo", "never", "Never", "45d", "1h30m", "12 h", "86401s",
     "2030-01-31", "2030-01-31T18:00+02:00"]
)  # fmt: skip
_NAMES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20
) | st.sampled_from(["-x", "--name", "a b", "$(id)", "it's", '"', "-", "!x"])


class Taken(Exception):
    """Ends the command with the draft that it would have made."""


@pytest.fixture(scope="module")
def vault_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("command") / "vault"
    with closing(Vault.create(directory, actor="ann")) as vault:
        vault.projects.create("Shop", ENVIRONMENTS)
    return directory


@st.composite
def drafts(draw: st.DrawFn) -> tuple[TokenDraft, str]:
    """A draft that the form would make, and its end as it is typed."""
    scopes = []
    for path in draw(st.lists(_PATHS, min_size=1, max_size=3)):
        slug = draw(st.sampled_from(["dev", "prod"]))
        try:
            scopes.append(parse_scope(f"{slug}:{path}")[0])
        except Refusal:
            scopes.append(Scope(slug, "/a"))
    version = draw(st.sampled_from([2, 3]))
    typed = draw(_ENDS)
    blocks = draw(st.sampled_from([("10.0.0.0/8",), ("::1", "192.168.0.0/16"), ANYWHERE_TEXT]))
    permissions = draw(st.sets(st.sampled_from(list(Permission)), min_size=1))
    draft = TokenDraft(
        name=draw(_NAMES),
        scopes=tuple(dict.fromkeys(scopes)),
        permissions=frozenset(permissions),
        expires_at=expiry.parse_end(typed, NOW),
        version=version,
        is_active=version == 2 or draw(st.booleans()),
        trusted_ips=parse_ranges(blocks) if version == 3 else None,
    )
    return draft, typed


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drafts())
def test_the_command_makes_the_same_draft(
    vault_directory: Path, monkeypatch: pytest.MonkeyPatch, wanted: tuple[TokenDraft, str]
) -> None:
    draft, typed = wanted
    try:
        check_draft(draft, ENVIRONMENTS, NOW)
    except Refusal:
        return  # the form makes no command of it
    taken: list[TokenDraft] = []

    def take(_tokens: object, _project: Project, made: TokenDraft) -> NewToken:
        taken.append(made)
        raise Taken

    monkeypatch.setenv("ST_TUI_VAULT", str(vault_directory))
    monkeypatch.setattr("st_tui.core.vault.tokens.Tokens.create", take)
    monkeypatch.setattr(expiry, "system_clock", lambda: NOW)
    program, group, command, *words = shlex.split(
        command_line.spelt(command_line.create(draft, typed))
    )
    assert (program, group, command) == ("st-tui", "service-token", "create")
    with pytest.raises(Taken):
        create.main(words, standalone_mode=False)
    assert taken == [draft]


def test_a_vault_of_several_projects_gets_the_project_named() -> None:
    draft = TokenDraft("x", (Scope("dev", "/a"),), frozenset({Permission.READ}), None)
    assert command_line.spelt(command_line.create(draft, "never", "shop")) == (
        "st-tui service-token create --project shop --access-level read --never --name x "
        "--scope dev:/a"
    )


def test_a_call_is_a_line_of_curl_without_the_token() -> None:
    call = HttpCall("DELETE", "/api/v3/secrets/A%20B?x=1", '{"secretPath": "/it\'s"}')
    line = command_line.curl("http://127.0.0.1:8080", call)
    assert '"Authorization: Bearer $INFISICAL_TOKEN"' in line  # for the shell to fill in
    assert shlex.split(line) == [
        *("curl", "-sS", "-X", "DELETE", "-H", "Authorization: Bearer $INFISICAL_TOKEN"),
        *("-H", "Content-Type: application/json", "-d", '{"secretPath": "/it\'s"}'),
        "http://127.0.0.1:8080/api/v3/secrets/A%20B?x=1",
    ]
