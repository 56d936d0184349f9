"""`folders`: made, listed, and deleted with what they hold."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run, assert_refused


def test_folders_come_and_go(run: Run, directory: Path) -> None:
    assert run("folders", "create", "--env", "dev", "--path", "common/db/").status == 0
    assert run("folders", "create", "--env", "prod", "--path", "/x").status == 0
    assert run("folders", "list", "--json").json == {
        "folders": [
            {"path": "/common", "environment": "dev"},
            {"path": "/common/db", "environment": "dev"},
            {"path": "/x", "environment": "prod"},
        ]
    }
    assert run("folders", "list", "--env", "prod").out.split() == [
        "ENVIRONMENT", "PATH", "prod", "/x",
    ]  # fmt: skip
    place = ("--env", "dev", "--path")
    assert_refused(run("folders", "create", *place, "/common"), "already")
    assert_refused(run("folders", "create", *place, "/a b"), "folder path")
    assert_refused(run("folders", "create", *place, "/a\x1b"), "\\x1b")
    assert_refused(run("folders", "create", *place, "/a" * 501), "1000")
    assert_refused(run("folders", "create", "--env", "nope", "--path", "/a"), "dev, staging, prod")
    assert_refused(run("folders", "list", "--env", "nope"), "nope")
    assert_refused(run("folders", "delete", *place, "/", "--yes"), "root")
    assert_refused(run("folders", "delete", *place, "/none"), "/none", status=1)
    assert_refused(run("folders", "delete", "--env", "nope", "--path", "/a"), "dev, staging, prod")
    assert "2 folders" in run("folders", "delete", *place, "/common", "--yes").out
    assert len(run("folders", "list", "--json").json["folders"]) == 1
