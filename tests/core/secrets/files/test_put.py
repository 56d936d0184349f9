"""A file of secrets is whole at every moment, or not there."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from st_tui.core.secrets.files import SecretFileError
from st_tui.core.secrets.files.put import put

_PUT_FOR_EVER = """
import sys
from pathlib import Path
from st_tui.core.secrets.files.put import put
file, vault = Path(sys.argv[1]), Path(sys.argv[2])
for letter in "ab" * 100_000:
    put(letter * 300_000, file, vault=vault, replace=True)
    print(flush=True)
"""


@contextmanager
def no_room(size: int) -> Iterator[None]:
    """No file may grow beyond this."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize("replace", [True, False])
def test_what_does_not_fit_leaves_everything_as_it_was(tmp_path: Path, replace: bool) -> None:
    file = tmp_path / "out" / "a"
    file.parent.mkdir()
    with no_room(100), pytest.raises(SecretFileError, match="cannot be written: File too large"):
        put("x" * 200, file, vault=tmp_path, replace=replace)
    assert os.listdir(file.parent) == []
    file.write_text("old", encoding="utf-8")
    with no_room(100), pytest.raises(SecretFileError):
        put("x" * 200, file, vault=tmp_path, replace=replace)
    assert os.listdir(file.parent) == ["a"]
    assert file.read_text(encoding="utf-8") == "old"


def test_a_new_file_replaces_none(tmp_path: Path) -> None:
    file = tmp_path / "a"
    put("one", file, vault=tmp_path / "vault", replace=False)
    with pytest.raises(SecretFileError, match="is there already"):
        put("two", file, vault=tmp_path / "vault", replace=False)
    assert file.read_text(encoding="utf-8") == "one"
    assert os.listdir(tmp_path) == ["a"]


def test_who_is_killed_leaves_no_half_file(tmp_path: Path) -> None:
    file = tmp_path / "out" / "a"
    file.parent.mkdir()
    for _ in range(5):
        with subprocess.Popen(
            [sys.executable, "-c", _PUT_FOR_EVER, str(file), str(tmp_path / "vault")],
            stdout=subprocess.PIPE,
        ) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            for _ in range(20):
                assert file.read_text(encoding="utf-8") in ("a" * 300_000, "b" * 300_000)
            writer.send_signal(signal.SIGKILL)
        assert file.read_text(encoding="utf-8") in ("a" * 300_000, "b" * 300_000)
    put("end", file, vault=tmp_path / "vault", replace=True)
    assert os.listdir(file.parent) == ["a"]
