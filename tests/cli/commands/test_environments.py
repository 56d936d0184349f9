"""`environments`: made, listed, and deleted with what they hold."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, assert_refused, create, slugs


def test_environments_come_and_go(run: Run, directory: Path) -> None:
    assert run("environments", "create", "qa", "--name", "Quality").status == 0
    assert run("environments", "list", "--json").json["environments"][3] == {
        "slug": "qa",
        "name": "Quality",
    }
    assert_refused(run("environments", "create", "qa"), "already")
    assert_refused(run("environments", "create", "Q A"), "environment slug")
    assert_refused(run("environments", "create", "q", "--name", ""), "empty")
    assert_refused(run("environments", "create", "q", "--name", "\x1b[2J"), "\\x1b")
    assert run("environments", "delete", "qa", "--yes").status == 0
    assert_refused(run("environments", "delete", "qa", "--yes"), "dev, staging, prod")
    assert slugs(run) == ["dev", "staging", "prod"]


def test_deleting_an_environment_names_the_tokens_it_orphans(run: Run, directory: Path) -> None:
    token_id = create(run, "--name", "ci")["serviceTokenData"]["id"]
    result = run("environments", "delete", "dev", "--yes")
    assert result.status == 0
    assert f"ci ({token_id})" in result.err
    assert "orphaned" in run("service-token", "list").out
    assert "orphaned" in run("service-token", "show", token_id).out
    assert_refused(run("environments", "create", "dev"), "still name")
