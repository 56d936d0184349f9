"""`scope around`: the same answer as the test pane's, for programs."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Run, assert_refused, create

pytestmark = pytest.mark.usefixtures("places")


def ask(path: str, *more: str, environment: str = "dev", operation: str = "read") -> list[str]:
    return ["--env", environment, "--path", path, "--operation", operation, *more]


def test_the_nearest_miss_would_be_allowed(run: Run) -> None:
    token = create(run, "--never", scope="dev:/folder1/*")["serviceTokenData"]["id"]
    result = run("scope", "around", token, *ask("/folder1"), "--json")
    assert result.status == 1
    assert (result.json["reason"], result.json["possible"]) == ("path", False)
    assert "/folder1/sub" in {
        miss["path"] for miss in result.json["nearest"] if miss["changes"] == ["path"]
    }
    for miss in result.json["nearest"]:
        place = ask(miss["path"], environment=miss["environment"], operation=miss["operation"])
        assert run("check", "--token-id", token, *place).status == 0
    said = run("scope", "around", token, *ask("/folder1")).out.splitlines()
    assert said[0].startswith("DENIED  path: ")
    assert "-> allowed if asked for /folder1/sub" in said


def test_one_verdict_over_all_times_and_addresses(run: Run) -> None:
    v3 = ("--token-version", "3", "--active", "--trusted-ip", "10.0.0.0/8")
    end = ("--expires-at", "2031-01-02T03:04:05Z")
    token = create(run, *v3, *end)["serviceTokenData"]["id"]
    result = run("scope", "around", token, *ask("/common/db"), "--json")
    assert result.status == 1  # from anywhere it is denied
    assert (result.json["reason"], result.json["possible"]) == ("ip", True)
    assert (result.json["until"], result.json["from"]) == (
        "2031-01-02T03:04:05.000Z", ["10.0.0.0/8"],
    )  # fmt: skip
    assert [miss["ip"] for miss in result.json["nearest"]] == ["10.0.0.0"]
    inside = run("scope", "around", token, *ask("/common/db", "--ip", "10.1.2.3", "--json")).json
    border = "2031-01-02T03:04:05.000Z"
    assert inside["times"] == [
        {"from": None, "until": border, "allowed": True, "reason": "allowed"},
        {"from": border, "until": None, "allowed": False, "reason": "expired"},
    ]
    said = run("scope", "around", token, *ask("/common/db")).out
    assert said == (
        "DENIED  ip: it trusts 10.0.0.0/8, not every address\n"
        "Allowed only from 10.0.0.0/8 and before 2031-01-02 03:04 UTC.\n"
        "-> allowed if asked from 10.0.0.0/8\n"
    )
    said = run("scope", "around", token, *ask("/common/db", "--ip", "10.1.2.3")).out
    assert "Allowed from 10.0.0.0/8 until 2031-01-02 03:04 UTC, when the token expires." in said


def test_every_reason_of_a_denial_is_told(run: Run) -> None:
    v3 = ("--token-version", "3", "--inactive", "--trusted-ip", "10.0.0.0/8", "--never")
    token = create(run, *v3)["serviceTokenData"]["id"]
    asked = ask("/backend", operation="write")
    why = (
        "DENIED  inactive: it must be activated first; it trusts 10.0.0.0/8, not every address; "
        "no scope in dev matches /backend; the token may not write\n"
    )
    result = run("check", "--token-id", token, *asked)
    assert (result.status, result.out.splitlines(keepends=True)[0]) == (1, why)
    assert run("check", "--token-id", token, *asked, "--json").json["reason"] == "inactive"
    said = run("scope", "around", token, *asked).out.splitlines(keepends=True)
    assert said[:2] == [
        why,
        "Denied whenever and from wherever it is asked: it must be activated first; "
        "no scope in dev matches /backend; the token may not write.\n",
    ]


def test_an_address_and_a_moment_are_judged_as_check_does(run: Run) -> None:
    v3 = ("--token-version", "3", "--active", "--trusted-ip", "10.0.0.0/8")
    end = ("--expires-at", "2031-01-02T03:04:05Z")
    token = create(run, *v3, *end)["serviceTokenData"]["id"]
    inside, outside = ("--ip", "10.1.2.3"), ("--ip", "11.0.0.1")
    late = ("--at", "2031-01-02T03:04:05Z")
    for more, reason, changes in (
        (inside, "allowed", []),
        (outside, "ip", ["ip"]),
        ((*inside, *late), "expired", ["time"]),
        ((*outside, *late), "expired", ["time", "ip"]),
    ):
        result = run("scope", "around", token, *ask("/common/db", *more), "--json")
        asked = run("check", "--token-id", token, *ask("/common/db", *more), "--json")
        assert (result.status, result.json["reason"]) == (asked.status, reason)
        assert asked.json["reason"] == reason
        assert [miss["changes"] for miss in result.json["nearest"]] == [changes] * bool(changes)
        for miss in result.json["nearest"]:
            assert miss["pathExists"]  # the folder asked about does
            mended = ("--ip", miss["ip"], "--at", miss["at"])
            assert run("scope", "around", token, *ask("/common/db", *mended)).status == 0


def test_bad_input(run: Run) -> None:
    token = create(run)["serviceTokenData"]["id"]
    assert_refused(
        run("scope", "around", token, *ask("/x", environment="qa")), "no environment 'qa'"
    )
    assert_refused(run("scope", "around", "nothing", *ask("/x")), "nothing")
    assert_refused(run("scope", "around", token, *ask("/x", "--ip", "10.0.0.0/8")), "10.0.0.0/8")
    assert_refused(run("scope", "around", token, *ask("/x", "--at", "soon")), "soon")
    assert_refused(run("scope", "matrix", "--env", "qa"), "no environment 'qa'")
