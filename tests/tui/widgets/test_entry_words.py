"""Entries of the audit log as sentences."""

from __future__ import annotations

import doctest

import pytest

from st_tui.core.model import AuditEntry
from st_tui.tui.widgets import bar_chart, entry_words
from st_tui.tui.widgets.entry_words import entry_in_words

ENTRY = AuditEntry(
    seq=1, time=0, actor="a", ip=None, user_agent=None, event="", project_id="p", target=None,
    environment=None, path=None, operation=None, verdict=None, reason=None, details="{}", hash="",
)  # fmt: skip


@pytest.mark.parametrize("module", [entry_words, bar_chart])
def test_the_examples_hold(module: object) -> None:
    found = doctest.testmod(module)  # type: ignore[arg-type]
    assert found.attempted > 0
    assert found.failed == 0


@pytest.mark.parametrize(
    ("event", "fields", "said"),
    [
        ("create-service-token", {"details": '{"name":"ci"}'}, "ann made the service token ci."),
        (
            "delete-service-token",
            {"details": '{"name":"ci"}', "reason": "expired"},
            "ann deleted the service token ci: it reached its end.",
        ),
        (
            "update-service-token-v3",
            {"details": '{"name":"ci","isActive":false}'},
            "ann deactivated the service token ci.",
        ),
        ("update-project", {"details": '{"e2ee":true}'}, "ann turned E2EE on."),
        ("create-environment", {"environment": "qa"}, "ann made the environment qa."),
        (
            "get-secrets",
            {"environment": "dev", "path": "/a", "verdict": "denied", "reason": "path"},
            "ann wanted to read dev:/a: denied, no scope in dev matches.",
        ),
        (
            "create-folder",
            {"environment": "dev", "path": "/a", "verdict": "allowed", "ip": "::1"},
            "ann made the folder dev:/a from ::1: allowed.",
        ),
        # An event of a later release, and details that somebody took out of the log.
        ("get-moon", {"environment": "dev", "path": "/"}, "ann did get-moon in dev:/."),
        ("create-service-token", {"details": "gone"}, "ann made the service token ?."),
    ],
)
def test_each_kind_of_entry_is_a_sentence(event: str, fields: dict[str, str], said: str) -> None:
    assert entry_in_words(ENTRY._replace(event=event, **fields), "ann") == said  # type: ignore[arg-type]


def test_the_secret_is_named() -> None:
    entry = ENTRY._replace(event="update-secret", environment="dev", path="/a")
    assert entry_in_words(entry, "ci", "{DB}") == "ci changed {DB} in dev:/a."
