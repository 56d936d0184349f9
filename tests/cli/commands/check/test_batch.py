"""`check --batch`: a table of expectations, line by line."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from st_tui.core.expiry import HOUR, iso
from st_tui.core.model import Permission, Scope, TokenDraft
from st_tui.core.vault import Vault
from tests.cli.conftest import NOW, Run, assert_refused, create

Answers = Callable[..., tuple[int, list[Any]]]


def line(**changes: Any) -> bytes:
    """A line that is allowed, but for these changes; None takes a key away."""
    stated: dict[str, Any] = {
        "scopes": [{"environment": "dev", "secretPath": "/a/**"}],
        "permissions": ["read"],
        "environment": "dev",
        "secretPath": "/a/b",
        "operation": "read",
    } | changes
    return json.dumps(stated).encode()


def by_id(token_id: str, **changes: Any) -> bytes:
    stated = {"tokenId": token_id, "environment": "dev", "secretPath": "/a", "operation": "read"}
    return json.dumps(stated | changes).encode()


@pytest.fixture
def judge(run: Run) -> Answers:
    """The exit status for these lines, and the answer to each."""

    def judge(*lines: bytes) -> tuple[int, list[Any]]:
        result = run("check", "--batch", "-", stdin=b"\n".join(lines))
        answers = [json.loads(answer) for answer in result.out.splitlines()]
        assert len(answers) == len(lines)
        assert result.err.count("\n") == (0 if result.status == 0 else 1)
        return result.status, answers

    return judge


def test_answers_stand_in_the_order_of_the_lines(judge: Answers) -> None:
    status, answers = judge(
        line(scopes=[{"environment": e, "secretPath": "/a/**"} for e in ("prod", "dev")]),
        line(secretPath="/b"),
        line(operation="write"),
        line(environment="prod"),
        line(e2ee=True, endpoint="raw"),
        line(isActive=False),
    )
    assert status == 0
    assert answers == [
        {"allowed": True, "reason": "allowed", "scope": 1},
        *(
            {"allowed": False, "reason": reason, "scope": None}
            for reason in ("path", "permission", "environment", "raw_e2ee", "inactive")
        ),
    ]


def test_expectations(judge: Answers) -> None:
    met = [line(expect=True), line(secretPath="/b", expect=False)]
    status, answers = judge(*met, line())
    assert status == 0
    assert [answer.get("met") for answer in answers] == [True, True, None]
    status, answers = judge(*met, line(expect=False))
    assert status == 1
    assert answers[2] == {"allowed": True, "reason": "allowed", "scope": 0, "met": False}
    # An error outweighs an expectation that is not met.
    assert judge(line(expect=False), b"x")[0] == 2


def test_addresses_and_times(judge: Answers) -> None:
    ten = {"trustedIps": ["10.0.0.0/8"]}
    status, answers = judge(
        line(**ten),
        line(**ten, ip=None),
        line(**ten, ip="10.1.2.3"),
        line(**ten, ip="::ffff:10.1.2.3"),
        line(trustedIps=["0.0.0.0/0", "::/0"]),
        line(trustedIps=None),
        line(expiresAt="2020-01-01"),
        line(expiresAt="2020-01-01", at="2019-12-31T23:59:59.999Z"),
        line(expiresAt="2020-01-01", at="2020-01-01"),
        line(expiresAt=None),
    )
    assert status == 0
    assert [answer["reason"] for answer in answers] == [
        "ip", "ip", "allowed", "allowed", "allowed", "allowed",
        "expired", "allowed", "expired", "allowed",
    ]  # fmt: skip


def test_paths_and_patterns_are_taken_as_they_stand(judge: Answers) -> None:
    def scoped(pattern: str, path: str) -> bytes:
        return line(scopes=[{"environment": "dev", "secretPath": pattern}], secretPath=path)

    status, answers = judge(
        scoped("/a", "/a"),
        scoped("/a", "/a/"),
        scoped("/a", " /a"),
        scoped("/a", "a"),
        scoped("/a/", "/a"),
        scoped("/ä", "/ä"),
        scoped("/a", "/\ud800\x1b"),
    )
    assert status == 0
    assert [answer["allowed"] for answer in answers] == [
        True, False, False, False, False, True, False,
    ]  # fmt: skip


def test_no_scopes_and_no_permissions_grant_nothing(judge: Answers) -> None:
    status, answers = judge(line(scopes=[]), line(permissions=[]))
    assert status == 0
    assert [answer["reason"] for answer in answers] == ["environment", "permission"]


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        (b"", "blank"),
        (b" \t\r", "blank"),
        (b"x", "no JSON"),
        (b"{", "no JSON"),
        (line() + b" {}", "no JSON"),
        (b"\xff", "UTF-8"),
        (line().decode().encode("utf-16"), "UTF-8"),
        (b"[]", "no JSON object"),
        (b"null", "no JSON object"),
        (b"[" * 50_000, "nested"),
        (b'{"a":' * 10_000, "nested"),
        (b"9" * 5_000, "number"),
        (line().replace(b"}", b', "expect": NaN}'), "NaN"),
        (line()[:-1] + b', "operation": "read"}', "twice"),
        (line(color="red"), "'color'"),
        (line(**{"\x1b[2J": 1}), "x1b"),
        (b'{"permissions": [], "environment": "", "secretPath": "", "operation": ""}', "scopes"),
        (b'{"scopes": [], "environment": "", "secretPath": "", "operation": ""}', "permissions"),
        (b'{"scopes": [], "permissions": [], "secretPath": "", "operation": ""}', "environment"),
        (line(scopes={}), "scopes"),
        (line(scopes=["dev:/a"]), "scopes"),
        (line(scopes=[{"environment": "dev"}]), "scopes"),
        (line(scopes=[{"environment": "dev", "secretPath": "/a", "x": 1}]), "scopes"),
        (line(scopes=[{"environment": "dev", "secretPath": 1}]), "secretPath"),
        (line(scopes=[{"environment": "dev", "secretPath": "/[!a]"}]), "[!a]"),
        (line(scopes=[{"environment": "dev", "secretPath": "a"}]), "a"),
        (line(permissions="read"), "permissions"),
        (line(permissions=["admin"]), "read or write"),
        (line(permissions=[["read"]]), "permissions"),
        (line(environment=1), "environment"),
        (line(secretPath=None), "secretPath"),
        (line(operation="delete"), "read or write"),
        (line(operation=["read"]), "operation"),
        (line(endpoint="v4"), "e2ee or raw"),
        (line(endpoint=None), "endpoint"),
        (line(e2ee=1), "true or false"),
        (line(isActive="yes"), "true or false"),
        (line(expect=None), "true or false"),
        (line(expiresAt=1_767_323_045), "expiresAt"),
        (line(expiresAt="soon"), "no date"),
        (line(at="now"), "no date"),
        (line(at=None), "at"),
        (line(ip="localhost"), "IP address"),
        (line(ip=1), "ip"),
        (line(trustedIps=[]), "trustedIps"),
        (line(trustedIps=["10.0.0.0/99"]), "CIDR"),
        (line(trustedIps="10.0.0.0/8"), "trustedIps"),
        (line(tokenId="x"), "exclude each other"),
        (b"x" * 65_537, "65536"),
        (b'"' + b"x" * 1_000_000 + b'"', "65536"),
    ],
)
def test_a_bad_line_is_answered_with_an_error_and_the_others_as_ever(
    judge: Answers, bad: bytes, said: str
) -> None:
    status, answers = judge(line(), bad, line())
    assert status == 2
    assert answers[0] == answers[2] == {"allowed": True, "reason": "allowed", "scope": 0}
    assert answers[1].keys() == {"error"}
    assert said in answers[1]["error"]


def test_a_line_of_exactly_the_longest_length_is_read(judge: Answers) -> None:
    filler = 65_536 - len(line(secretPath=""))
    for extra, status in ((0, 0), (1, 2)):
        assert judge(line(), line(secretPath="x" * (filler + extra)), line())[0] == status


def test_a_byte_order_mark_and_windows_line_ends(run: Run) -> None:
    table = b"\xef\xbb\xbf" + line() + b"\r\n" + line() + b"\r\n"
    result = run("check", "--batch", "-", stdin=table)
    assert (result.status, len(result.out.splitlines())) == (0, 2)


def test_an_empty_table_is_a_success(run: Run) -> None:
    assert run("check", "--batch", "-", stdin=b"") == (0, "", "")


def test_a_table_in_a_file(run: Run, tmp_path: Path) -> None:
    table = tmp_path / "table.jsonl"
    table.write_bytes(line(expect=True) + b"\n")
    result = run("check", "--batch", str(table))
    assert (result.status, result.json["met"]) == (0, True)
    for missing in (tmp_path / "none", tmp_path):
        assert_refused(run("check", "--batch", str(missing)), str(missing), "JSON lines")


def test_tokens_by_id(judge: Answers, run: Run, vault: Vault) -> None:
    token_id = create(run, scope="dev:/a")["serviceTokenData"]["id"]
    draft = TokenDraft(
        name="old",
        scopes=(Scope("dev", "/**"),),
        permissions=frozenset({Permission.READ}),
        expires_at=NOW + HOUR,
    )
    ended = vault.tokens.create(vault.projects.get(), draft).token.id
    swept = vault.tokens.create(vault.projects.get(), draft).token
    entries = vault.audit.count()
    status, answers = judge(
        by_id(token_id),
        by_id(token_id, secretPath="/b"),
        by_id(token_id, endpoint="raw"),
        by_id("nope"),
        by_id(ended),
        by_id(ended, at=iso(NOW)),
        by_id("nope", environment="nope"),
    )
    assert status == 0
    assert [answer["reason"] for answer in answers] == [
        "allowed", "path", "raw_e2ee", "unknown", "expired", "allowed", "unknown",
    ]  # fmt: skip
    assert vault.audit.count() == entries
    run("service-token", "list")
    assert judge(by_id(swept.id))[1][0]["reason"] == "expired"
    for bad in (
        by_id(token_id, environment="nope"),
        by_id(token_id, e2ee=True),
        by_id(token_id, permissions=["read"]),
        b'{"tokenId":1,"environment":"dev","secretPath":"/a","operation":"read"}',
        b'{"tokenId":"\\ud800","environment":"dev","secretPath":"/a","operation":"read"}',
    ):
        status, answers = judge(bad, by_id(token_id))
        assert status == 2
        assert "error" in answers[0]
        assert answers[1]["allowed"]


def test_without_a_vault_only_tokens_by_id_fail(judge: Answers) -> None:
    status, answers = judge(line(), by_id("x"), by_id("y"), line())
    assert status == 2
    assert [answer.get("allowed") for answer in answers] == [True, None, None, True]
    assert "st-tui init" in answers[1]["error"]
    assert answers[2] == answers[1]


def test_each_line_is_answered_before_the_next_is_sent(run: Run, vault: Vault) -> None:
    token_id = create(run, scope="dev:/a")["serviceTokenData"]["id"]
    with subprocess.Popen(
        [sys.executable, "-m", "st_tui", "check", "--batch", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        reasons = []
        for _ in range(2):
            process.stdin.write(by_id(token_id) + b"\n")
            process.stdin.flush()
            reasons.append(json.loads(process.stdout.readline())["reason"])
            vault.tokens.revoke([t for t in [vault.tokens.lookup(token_id).token] if t])
        process.stdin.close()
        # What was revoked meanwhile is not remembered.
        assert reasons == ["allowed", "unknown"]
        assert process.wait(timeout=60) == 0


def peak_memory(table: Path) -> int:
    """KiB that judging this table takes at most, in a process of its own."""
    code = (
        "import gc, resource, sys\nfrom st_tui.cli import main\n"
        # Later Pythons leave garbage for longer, which says nothing about what is kept.
        "gc.set_threshold(700, 10, 10)\n"
        "status = main(['check', '--batch', sys.argv[1]])\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    # A shell in between: Linux counts the peak of whoever starts a program as the program's own.
    started = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", code, str(table)]
    done = subprocess.run(started, check=True, capture_output=True)
    assert done.stdout.count(b"\n") == len(table.read_bytes().split(b"\n"))
    return int(done.stderr.splitlines()[-1])


@pytest.mark.parametrize(
    ("few", "many", "scopes_each"),
    [(8_000, 40_000, 1), (15, 75, 500)],
    ids=["small tokens", "tokens as long as a line may be"],
)
def test_memory_does_not_grow_with_the_table(
    tmp_path: Path, few: int, many: int, scopes_each: int
) -> None:
    def peak(count: int) -> int:
        table = tmp_path / "table"
        with table.open("wb") as file:
            for index in range(count):
                scopes = [
                    {"environment": "dev", "secretPath": f"/a/{index}/{number}*/**"}
                    for number in range(scopes_each)
                ]
                file.write(line(scopes=scopes, secretPath=f"/a/{index}") + b"\n")
            file.write(b"x" * count * 100 * scopes_each)
        return peak_memory(table)

    # Past what the caches hold, five times the lines take no more than a few MiB of slack.
    assert peak(many) < peak(few) + 8 * 1024
