"""The command line as a person meets it: in this process for most, as a program for the rest."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import pytest

from st_tui.cli import main
from st_tui.core.vault import Vault

NOW = 1_767_323_045_000
"""2026-01-02T03:04:05Z: before any clock that runs these tests."""


class Result(NamedTuple):
    """What a run left."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Run(Protocol):
    """Runs the command line."""

    def __call__(self, *arguments: str, stdin: bytes | None = None) -> Result: ...


class Terminal(io.StringIO):
    """A stdin at which a person sits and types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _no_vault_of_mine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("ST_TUI_VAULT", raising=False)


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run the command line in this process. Without `stdin` it has the stdin that is there."""

    def run(*arguments: str, stdin: bytes | None = None) -> Result:
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        capsys.readouterr()
        status = main(arguments)
        return Result(status, *capsys.readouterr())

    return run


@pytest.fixture
def answer(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """What the person at the terminal will type."""
    return lambda text: monkeypatch.setattr(sys, "stdin", Terminal(text))


def start(
    *arguments: str | bytes,
    environment: dict[str, str] | None = None,
    prefix: tuple[str, ...] = (),
    **options: Any,
) -> subprocess.CompletedProcess[bytes]:
    """The command line as a program of its own."""
    done: subprocess.CompletedProcess[Any] = subprocess.run(
        [*prefix, sys.executable, "-m", "st_tui", *arguments],
        check=False,
        timeout=60,
        env=os.environ | (environment or {}),
        **{"stdin": subprocess.DEVNULL, "capture_output": True} | options,
    )
    return done


@pytest.fixture
def directory(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A vault with the project `shop`, which ST_TUI_VAULT names."""
    directory = tmp_path / "vault"
    monkeypatch.setenv("ST_TUI_VAULT", str(directory))
    assert run("init", "--name", "Shop").status == 0
    return directory


@pytest.fixture
def vault(directory: Path) -> Iterator[Vault]:
    """The same vault, opened by another program whose clock stands at NOW."""
    with Vault.open(directory, actor="colleague", clock=lambda: NOW) as vault:
        yield vault


def create(run: Run, *options: str, scope: str = "dev:/common/**", level: str = "read") -> Any:
    """Make a token with the command line; its JSON."""
    result = run(
        "service-token", "create", "--scope", scope, "--access-level", level, "--json", *options
    )
    assert result.status == 0, result.err
    return result.json


def assert_refused(result: Result, *parts: str, status: int = 2) -> None:
    """Exit status 2, nothing on stdout, one plain line on stderr that has these parts in it."""
    assert (result.status, result.out) == (status, "")
    line, newline, rest = result.err.partition("\n")
    assert (newline, rest) == ("\n", "")
    assert line.isprintable()
    assert "Traceback" not in line
    for part in parts:
        assert part in line


def slugs(run: Run, *place: str) -> list[str]:
    """The slugs of the environments of a project."""
    listed = run("environments", "list", "--json", *place).json["environments"]
    return [environment["slug"] for environment in listed]
