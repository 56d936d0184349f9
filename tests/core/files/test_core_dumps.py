"""A process that opened a key leaves no core file when it crashes."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from st_tui.core.files.vault_layout import SERVER_KEY
from st_tui.core.vault import Vault

CRASH = "import os; os.abort()"
READ_KEY = (
    "import sys; from pathlib import Path; from st_tui.core.files import vault_files; "
    f"vault_files.read_key(Path(sys.argv[1]), {SERVER_KEY!r}); "
)
DUMPABLE = "import ctypes; print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)); "


def crashed(program: str, directory: Path, place: Path) -> tuple[str, bool]:
    """What a program said that crashed where core files are wished for, and whether it left one."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    if not hard:
        pytest.skip("this system allows no core files at all")
    process = subprocess.Popen(
        [sys.executable, "-c", program, str(directory)],
        cwd=place,
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_CORE, (hard, hard)),
    )
    assert process.stdout is not None
    with process.stdout:
        said = process.stdout.read()
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WIFSIGNALED(status)
    return said, os.WCOREDUMP(status)


def test_a_process_that_opened_a_key_leaves_no_core_file(vault: Vault, tmp_path: Path) -> None:
    _, without = crashed(CRASH, vault.directory, tmp_path)
    if not without:
        pytest.skip("this system writes no core files here")
    assert crashed(READ_KEY + CRASH, vault.directory, tmp_path) == ("", False)


@pytest.mark.skipif(sys.platform != "linux", reason="PR_SET_DUMPABLE is Linux's")
def test_its_memory_is_not_given_to_a_handler_either(vault: Vault, tmp_path: Path) -> None:
    assert crashed(DUMPABLE + CRASH, vault.directory, tmp_path)[0] == "1\n"
    assert crashed(READ_KEY + DUMPABLE + CRASH, vault.directory, tmp_path)[0] == "0\n"
