"""What holds for all questions of `scope` alike."""

from __future__ import annotations

from pathlib import Path

from tests.cli.commands.scope.test_prove import PROVE
from tests.cli.commands.scope.test_who import WHO
from tests.cli.conftest import Run
from tests.core.vaults import edit, raw


def test_names_from_elsewhere_cannot_act(run: Run, ids: dict[str, str], directory: Path) -> None:
    with raw(directory) as connection:
        connection.execute("DROP TRIGGER service_token_no_update")
        connection.execute("UPDATE service_token SET name = 'a\x1b[2J' WHERE name = 'db'")
    for result in (
        run(*WHO, "--path", "/db/live"),
        run(*PROVE, stdin=b"no token may read prod:/db/live"),
    ):
        assert "\x1b" not in result.out
        assert "a\\x1b[2J" in result.out


def test_a_token_that_the_listing_leaves_out_is_spoken_of_everywhere(
    run: Run, directory: Path, ids: dict[str, str]
) -> None:
    """`check` and the server honour such a token, so no command may say that it is not there."""
    promise = b"no token may write prod:/**"
    before = run(*PROVE, stdin=promise)
    asked = [
        ("scope", "lint", "--json"),
        ("scope", "matrix", "--env", "prod", "--json"),
        (*WHO, "--path", "/db/live", "--json"),
        ("service-token", "list", "--json"),
        ("scope", "narrow", ids["all"], "--json"),
    ]
    told = [run(*question).out for question in asked]
    edit(directory, f"DELETE FROM service_token_listing WHERE token_id = '{ids['all']}'")
    assert run("check", "--token-id", ids["all"], "--env", "prod", "--path", "/x",
               "--operation", "write").status == 0  # fmt: skip
    after = run(*PROVE, stdin=promise)
    assert (after.status, after.out) == (1, before.out)
    assert [run(*question).out for question in asked] == told
