"""`main`: exit status, one line on stderr, and nothing imported that is not needed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from st_tui import __version__
from st_tui.cli import cli, main
from st_tui.cli.command import Group
from tests.cli.conftest import Result, Run, assert_refused, create, start

HEAVY = {"textual", "rich", "sqlite_utils", "cryptography", "platformdirs"}
INLINE = (
    "check", "--scope", "dev:/common/**", "--access-level", "read",
    "--env", "dev", "--path", "/common/db", "--operation", "read",
)  # fmt: skip


def modules_after(*arguments: str) -> set[str]:
    """The modules that the command line has imported when it is done."""
    code = (
        "import sys\nfrom st_tui.cli import main\nstatus = main(sys.argv[1:])\n"
        "print('\\n'.join(sys.modules), file=sys.stderr)\nsys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.split())


def test_version(run: Run) -> None:
    assert run("--version") == Result(0, f"st-tui {__version__}\n", "")


def test_help_lists_every_command_with_a_sentence(run: Run) -> None:
    result = run("--help")
    assert result.status == 0
    for command in cli.list_commands(
        cli.make_context("st-tui", ["--help"], resilient_parsing=True)
    ):
        line = next(line for line in result.out.splitlines() if line.startswith(f"  {command} "))
        assert line.endswith(".")
        assert not line.endswith("...")


def test_every_command_has_help_and_takes_vault_and_project(run: Run) -> None:
    def visit(path: tuple[str, ...], group: Group) -> None:
        context = group.make_context("x", [], resilient_parsing=True)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            result = run(*path, name, "--help")
            assert result.status == 0
            assert "--vault DIR" in result.out
            assert "--project SLUG" in result.out
            assert "..." not in result.out.partition("Commands:")[2]
            if isinstance(command, Group):
                visit((*path, name), command)

    visit((), cli)


def test_a_module_is_named_for_every_command() -> None:
    context = cli.make_context("st-tui", [], resilient_parsing=True)
    assert cli.get_command(context, "no-such") is None
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--foo",), "--foo"),
        (("frobnicate",), "frobnicate"),
        (("project",), "Missing command"),
        (("service-token", "create"), "--scope"),
        (("service-token", "create", "--scope", "dev:/"), "--access-level"),
        (("service-token", "create", "--access-level", "admin"), "admin"),
        (("service-token", "show"), "ID"),
        (("service-token", "show", "a", "b"), "b"),
        (("service-token", "create", "--expiry-seconds", "soon"), "soon"),
        (("audit", "list", "--limit", "0"), "--limit"),
        (("e2ee", "maybe"), "maybe"),
        (("check", "--env"), "See `st-tui check"),
        (("service-token", "list", "--foo"), "See `st-tui service-token list"),
    ],
)
def test_wrong_usage_is_one_line_that_leads_to_help(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    assert_refused(run(*arguments), said, "--help`")


def test_escape_sequences_in_arguments_come_out_harmless(run: Run) -> None:
    assert_refused(run("\x1b]0;owned\x07"), "\\x1b")
    assert_refused(run("service-token", "frob\nnicate"))


def test_a_very_long_argument_is_cut_in_the_sentence(run: Run) -> None:
    result = run("service-token", "create", "--expiry-seconds", "9" * 10_000)
    assert_refused(result)
    assert len(result.err) < 1000
    nowhere = run("service-token", "list", "--vault", "/" + "long/" * 1000)
    assert_refused(nowhere, "/long/long/", "cannot be a vault: File name too long.")
    assert len(nowhere.err) < 1000


def test_no_sentence_repeats_a_secret(run: Run, directory: Path) -> None:
    text = create(run)["serviceToken"]
    _, token_id, secret, key = text.split(".")
    for arguments in (
        ("service-token", "show", text),
        ("service-token", "delete", text, "--yes"),
        ("check", text),
        ("check", f"--{text}"),
        (text.upper(),),
        ("service-token", "show", text[:70]),
        ("--project", text, "service-token", "list"),
    ):
        result = run(*arguments)
        assert result.status in (1, 2)
        for part in (secret, key):
            assert part[:8].lower() not in (result.out + result.err).lower()
    assert token_id in run("service-token", "show", text).err


def test_an_unforeseen_error_tells_its_place_and_not_its_message(
    run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(*_: object) -> None:
        raise LookupError("the secret is 1234")

    monkeypatch.setattr("st_tui.core.vault.projects.Projects.every", stumble)
    result = run("project", "list")
    assert_refused(result, "LookupError", "st_tui.cli.commands.project")
    assert "1234" not in result.err


def test_interrupted(run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("st_tui.core.vault.projects.Projects.every", interrupt)
    assert run("project", "list") == Result(130, "", "")


def test_interrupted_while_waiting_for_a_token() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "st_tui", "check", "--batch", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdin.write(b"\n")
        process.stdin.flush()
        assert b"error" in process.stdout.readline()  # It listens.
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
        assert process.stderr.read() == b""


def test_a_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    table = tmp_path / "table"
    table.write_text("\n" * 100_000)
    with subprocess.Popen(
        [sys.executable, "-m", "st_tui", "check", "--batch", str(table)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == 141


def test_streams_that_are_closed_do_no_harm(directory: Path) -> None:
    command = f"{sys.executable} -m st_tui project list"
    for closed in (">&-", "<&-", "2>&-", ">&- 2>&- <&-"):
        done = subprocess.run(
            ["sh", "-c", f"{command} {closed}"], check=False, capture_output=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_full_disk_under_the_output_is_a_sentence(directory: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = start("project", "list", capture_output=False, stdout=full, stderr=subprocess.PIPE)
    assert done.returncode == 2
    assert done.stderr.count(b"\n") == 1
    assert b"No space left" in done.stderr


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")
def test_a_token_that_could_not_be_printed_is_named(run: Run, directory: Path) -> None:
    command = ("service-token", "create", "--scope", "dev:/a", "--access-level", "read")
    with open("/dev/full", "wb") as full:
        done = start(*command, capture_output=False, stdout=full, stderr=subprocess.PIPE)
    [token] = run("service-token", "list", "--json").json["serviceTokenData"]
    assert done.returncode == 2
    assert token["id"].encode() in done.stderr
    assert done.stderr.count(b"\n") == 1


def test_undecodable_bytes_in_arguments(directory: Path) -> None:
    for arguments in (
        ("service-token", "show", b"\xff"),
        ("service-token", "list", "--project", b"\xff"),
        ("environments", "create", b"\xff"),
        ("environments", "create", "qa", "--name", b"\xff"),
        ("folders", "list", "--env", b"\xff"),
        ("folders", "create", "--env", "dev", "--path", b"/\xff"),
        (
            "service-token",
            "create",
            "--name",
            b"\xff",
            "--scope",
            "dev:/",
            "--access-level",
            "read",
        ),
        ("service-token", "create", "--scope", b"dev:/\xff", "--access-level", "read"),
        ("check", "--token-id", b"\xff", "--env", "dev", "--path", "/", "--operation", "read"),
        (*INLINE, "--path", b"/\xff"),
        ("--vault", b"/nowhere/\xff", "project", "list"),
        (b"\xff",),
    ):
        done = start(*arguments)
        assert done.returncode == 2, arguments
        assert done.stdout == b""
        assert done.stderr.count(b"\n") == 1
        assert b"mistake of its own" not in done.stderr
        assert done.stderr.isascii()


def test_a_vault_may_lie_in_an_undecodable_directory(tmp_path: Path) -> None:
    directory = os.fsencode(tmp_path) + b"/\xff"
    assert start("init", "--vault", directory, "--name", "x").returncode == 0
    done = start("--vault", directory, "project", "list", "--json")
    assert json.loads(done.stdout)["projects"][0]["slug"] == "x"


def test_what_the_terminal_cannot_encode_is_written_out(directory: Path) -> None:
    assert start("environments", "create", "qa", "--name", "Prüfung 検").returncode == 0
    done = start("environments", "list", environment={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert rb"Pr\xfcfung" in done.stdout


def test_nul_bytes_are_refused(run: Run, directory: Path) -> None:
    assert_refused(run("--vault", "a\0b", "project", "list"), "--vault")
    assert_refused(run("--vault", "", "project", "list"), "--vault")
    assert_refused(run("environments", "create", "qa", "--name", "a\0b"), "\\x00")
    assert_refused(run("--project", "a\0b", "service-token", "list"))
    assert run("service-token", "show", "a\0b").status == 1


def test_the_vault_and_project_may_stand_before_or_after(
    run: Run, directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("project", "create", "--name", "Other").status == 0
    monkeypatch.setenv("ST_TUI_VAULT", "/nowhere")
    place = ("--vault", str(directory), "--project", "other")
    expected = run(*place, "environments", "list")
    assert expected.status == 0
    assert run("environments", *place, "list") == expected
    assert run("environments", "list", *place) == expected
    assert run("--vault", "/nowhere", "environments", "list", *place) == expected
    assert_refused(run("environments", "list", *place[:2]), "several projects", "shop, other")
    assert_refused(run("environments", "list"), "/nowhere")


def test_the_default_vault_is_the_platforms_data_directory(run: Run, tmp_path: Path) -> None:
    assert run("init", "--name", "Shop").status == 0
    assert (tmp_path / "data" / "st-tui" / "vault.db").exists()
    assert run("project", "list", "--json").json["projects"][0]["slug"] == "shop"


def test_checking_inline_scopes_imports_next_to_nothing() -> None:
    modules = modules_after(*INLINE)
    assert not modules & (
        HEAVY
        | {"ipaddress", "sqlite3", "pathlib", "hashlib", "st_tui.core.vault"}
        | {"st_tui.core.lookalikes"}
    )


def test_checking_a_token_and_listing_import_nothing_heavy(run: Run, directory: Path) -> None:
    data = create(run)["serviceTokenData"]
    modules = modules_after(
        "check",
        "--token-id",
        data["id"],
        "--env",
        "dev",
        "--path",
        "/common",
        "--operation",
        "read",
    )
    assert not modules & (HEAVY | {"hashlib"})
    assert not modules_after("service-token", "list") & HEAVY


def test_main_reads_the_process_arguments(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["st-tui", "--version"])
    assert main() == 0
    assert capsys.readouterr().out == f"st-tui {__version__}\n"


@pytest.mark.parametrize(
    "arguments", [(), ("demo",), ("serve",), ("service-token", "list"), ("init", "--name", "x")]
)
def test_a_system_that_a_vault_cannot_be_private_on_is_told_so(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    """Windows is imitated: the modules that it lacks are taken away."""
    done = without_posix(*arguments, vault=tmp_path / "vault")
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert "on Windows use WSL" in line
    assert not (tmp_path / "vault").exists()


def test_inline_scopes_are_checked_on_any_system(tmp_path: Path) -> None:
    done = without_posix(
        "check", "--scope", "dev:/a", "--access-level", "read", "--env", "dev", "--path", "/a",
        "--operation", "read", vault=tmp_path / "vault",
    )  # fmt: skip
    assert done.returncode == 0
    assert done.stdout.startswith(b"ALLOWED")


def without_posix(*arguments: str, vault: Path) -> subprocess.CompletedProcess[bytes]:
    """The command line where the modules are missing that Windows lacks."""
    code = (
        "import sys\nfor name in ('fcntl', 'grp', 'pwd', 'resource', 'termios'):\n"
        "    sys.modules[name] = None\n"
        "from st_tui.cli import main\nsys.exit(main(sys.argv[1:]))"
    )
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=os.environ | {"ST_TUI_VAULT": str(vault)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
