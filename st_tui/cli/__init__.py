"""The command line: `main` is the console script, and decides on stderr and the exit status.

0 is success, 1 is an answer that is no, 2 is bad usage or bad input with one line on stderr. A
command's module is imported when the command is called: `st-tui check` must start fast.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Sequence
from contextlib import suppress

import click

from st_tui import __version__
from st_tui.cli.command import NotFound, RootGroup, say_remarks
from st_tui.core.errors import Refusal
from st_tui.core.plain_text import shown

INTERRUPTED = 130
READER_GONE = 141
"""The exit statuses that a shell reports for a program that SIGINT or SIGPIPE ended."""

_LONGEST_SENTENCE = 600
_POSIX_ONLY = frozenset({"fcntl", "pwd", "resource", "termios"})
"""Modules that Windows lacks. A vault needs them: POSIX owners and modes keep it private."""
# What follows a token's id may be its secret. No message repeats it.
_SECRET_PART = re.compile(r"\b(st(?:v3)?\.[\w-]+)\.[\w.]+", re.IGNORECASE)


@click.group(
    cls=RootGroup,
    names=(
        "demo",
        "web",
        "init",
        "project",
        "environments",
        "folders",
        "secrets",
        "e2ee",
        "service-token",
        "check",
        "serve",
        "scope",
        "audit",
        "backup",
        "restore",
    ),
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(__version__, message="st-tui %(version)s")
@click.pass_context
def cli(context: click.Context) -> int | None:
    """Manage Infisical-style service tokens, and see what each of them may do.

    Without a command, opens the terminal app.
    """
    if context.invoked_subcommand is not None:
        return None
    from st_tui.cli.commands.demo import open_app

    return open_app()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line on these arguments, or on the process's own. Returns the exit status."""
    _settle_streams()
    try:
        status = _run(sys.argv[1:] if arguments is None else arguments)
        sys.stdout.flush()
        return status
    except NotFound as missing:
        return _failed(str(missing), 1)
    except Refusal as refused:
        return _failed(str(refused))
    except click.ClickException as wrong:
        return _failed(_usage_sentence(wrong))
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _let_stdout_go()
        return READER_GONE
    except OSError as error:
        return _failed(f"The system refused: {error.strerror}.")
    except Exception as error:
        if isinstance(error, ModuleNotFoundError) and error.name in _POSIX_ONLY:
            return _failed(
                "A vault needs Linux, macOS or another system with POSIX file owners and modes: on "
                "Windows use WSL. Only `st-tui check --scope` needs no vault."
            )
        # Never its message, which may hold a secret.
        return _failed(
            f"st-tui stopped at a mistake of its own ({type(error).__name__} in "
            f"{_module_and_line(error)}): please report it."
        )


def _run(arguments: Sequence[str]) -> int:
    try:
        with cli.make_context("st-tui", list(arguments)) as context:
            status = cli.invoke(context) or 0
            say_remarks(context)
            return status
    except click.exceptions.Exit as done:
        return done.exit_code


def _let_stdout_go() -> None:
    """Flush stdout, or point it at /dev/null: Python flushes again at its end, and complains."""
    try:
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _failed(sentence: str, status: int = 2) -> int:
    _let_stdout_go()
    plain = shown(_SECRET_PART.sub(r"\1.…", sentence))
    if len(plain) > _LONGEST_SENTENCE:
        # A long path may stand in the middle. Keep both ends of the sentence.
        half = _LONGEST_SENTENCE // 2
        plain = f"{plain[:half]}…{plain[-half:]}"
    with suppress(OSError):  # stderr may be closed
        click.echo(plain, err=True)
    return status


def _usage_sentence(error: click.ClickException) -> str:
    sentence = " ".join(error.format_message().split())
    if not sentence.endswith((".", "?")):
        sentence += "."
    context = error.ctx if isinstance(error, click.UsageError) else None
    return f"{sentence} See `{context.command_path if context else 'st-tui'} --help`."


def _module_and_line(error: Exception) -> str:
    frames = error.__traceback__
    place = "?"
    while frames is not None:
        module = frames.tb_frame.f_globals.get("__name__", "?")
        if module.startswith("st_tui"):
            place = f"{module}, line {frames.tb_lineno}"
        frames = frames.tb_next
    return place


def _settle_streams() -> None:
    """Open closed streams on /dev/null. Escape characters that stdout or stderr cannot encode."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nothing = open(os.devnull, mode, encoding="utf-8")  # noqa: SIM115  # open to the end
            setattr(sys, name, nothing)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
