"""The server as a user of its own, who shares the vault's group and reads no operator's key."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from st_tui.core.vault import Vault
from tests.api.e2ee_client import E2eeClient
from tests.api.server import ServerFailed, serving
from tests.api.shop import ROOT, Shop

SOMEBODY = 65534


def python_of_somebody() -> str:
    """A Python like ours that this user may run. Skips where there is none, or we are not root."""
    if os.getuid() != 0:
        pytest.skip("only root can become somebody else")
    ours = f"{sys.version_info.major}.{sys.version_info.minor}"
    for python in (sys.executable, f"/usr/bin/python{ours}"):
        try:
            subprocess.run(
                [python, "-c", "import st_tui.api.server"],
                user=SOMEBODY,
                group=SOMEBODY,
                extra_groups=[],
                cwd="/",
                env=os.environ | PATHS,
                check=True,
                capture_output=True,
            )
        except (OSError, subprocess.CalledProcessError):
            continue
        return python
    pytest.skip("no Python that another user may run")


PATHS = {"PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)}


@pytest.fixture
def reachable() -> Iterator[Path]:
    """A directory to which everybody finds the way."""
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o711)
        yield Path(directory)


def test_the_server_may_be_another_user(reachable: Path) -> None:
    python = python_of_somebody()
    directory = reachable / "vault"
    with Vault.create(directory, actor="ann") as vault:
        shops = [Shop.make(vault, "", e2ee=e2ee) for e2ee in (True, False)]
        for shop in shops:
            shop.put(ROOT, OLD="old")
        tokens = [shop.token() for shop in shops]
        for part, mode in ((".", 0o2770), ("vault.db", 0o660), ("vault.db-wal", 0o660),
                           ("vault.db-shm", 0o660), ("server.key", 0o640)):  # fmt: skip
            os.chown(directory / part, -1, SOMEBODY)
            (directory / part).chmod(mode)
        with serving(directory, python=python, user=SOMEBODY, variables=PATHS) as server:
            for shop, token in zip(shops, tokens, strict=True):
                with E2eeClient(token, server.url) as one:
                    assert one.get("OLD").value == "old"
                    one.create("NEW", "new")
                assert shop.values(ROOT) == {"OLD": "old", "NEW": "new"}
        (directory / "server.key").chmod(0o600)
        with (
            pytest.raises(ServerFailed, match=r"server\.key cannot be read: check who owns it"),
            serving(directory, python=python, user=SOMEBODY, variables=PATHS),
        ):
            pass
    assert server.output == f"Serving {server.url}\n"
