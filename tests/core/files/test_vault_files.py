"""The vault's directory: private, whole, local; its keys made once and never again."""

from __future__ import annotations

import os
import re
import secrets
import stat
import threading
from pathlib import Path

import pytest

from st_tui.core.errors import Refusal
from st_tui.core.files import vault_files
from st_tui.core.files.vault_layout import OPERATOR_KEY, SERVER_KEY, VaultFilesError, has_database
from st_tui.core.store.sqlite import create_database
from st_tui.core.vault import Vault
from tests.core.vaults import Clock, v2


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_new_vault_is_private(vault: Vault) -> None:
    vault.projects.create("Shop")
    place = vault.directory
    assert {str(p.relative_to(place)): mode(p) for p in [place, *place.rglob("*")]} == {
        ".": 0o700,
        "operator": 0o700,
        "operator/operator.key": 0o600,
        "server.key": 0o600,
        "vault.db": 0o600,
        "vault.db-wal": 0o600,
        "vault.db-shm": 0o600,
    }


def test_the_umask_does_not_open_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        Vault.create(tmp_path / "new" / "vault", actor="ann").close()
    finally:
        os.umask(before)
    for part in (tmp_path / "new").rglob("*"):
        assert not part.stat().st_mode & 0o077, part
    Vault.open(tmp_path / "new" / "vault", actor="ann").close()


def test_the_keys_are_64_hex_digits_each_their_own(vault: Vault) -> None:
    keys = [(vault.directory / name).read_text() for name in (OPERATOR_KEY, SERVER_KEY)]
    assert all(re.fullmatch("[0-9a-f]{64}\n", key) for key in keys)
    assert keys[0] != keys[1]
    assert vault_files.read_key(vault.directory, SERVER_KEY) == bytes.fromhex(keys[1])


def test_an_empty_directory_is_made_private_and_a_full_one_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir(mode=0o755)
    Vault.create(empty, actor="ann").close()
    assert mode(empty) == 0o700
    full = tmp_path / "full"
    full.mkdir(mode=0o755)
    (full / "letter.txt").write_text("Dear Bob")
    with pytest.raises(VaultFilesError, match="holds other files"):
        Vault.create(full, actor="ann")
    assert mode(full) == 0o755
    assert [entry.name for entry in full.iterdir()] == ["letter.txt"]


def test_a_file_in_the_way_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(Refusal, match="cannot be a vault"):
            Vault.create(place, actor="ann")


@pytest.mark.parametrize(
    ("name", "bad", "good", "told"),
    [
        (".", 0o755, 0o2770, "open to the world: run `chmod o= "),
        (".", 0o701, 0o700, "open to the world"),
        ("vault.db", 0o604, 0o660, "open to the world"),
        ("vault.db-wal", 0o602, 0o660, "open to the world"),
        ("server.key", 0o644, 0o640, "open to the world"),
        ("operator", 0o750, 0o700, "open to its group or the world: run `chmod go= "),
        ("operator/operator.key", 0o640, 0o400, "open to its group or the world"),
    ],
)
def test_anything_open_is_refused_with_its_mend(
    vault: Vault, name: str, bad: int, good: int, told: str
) -> None:
    vault.projects.create("Shop")
    part = vault.directory / name
    part.chmod(bad)
    with pytest.raises(VaultFilesError, match=told):
        Vault.open(vault.directory, actor="bob")
    part.chmod(good)
    Vault.open(vault.directory, actor="bob").close()


def test_a_missing_key_is_never_made_anew(vault: Vault) -> None:
    project = vault.projects.create("Shop")
    (vault.directory / OPERATOR_KEY).unlink()
    with Vault.create(vault.directory, actor="ann") as again:
        assert again.tokens.page(project) == []
        with pytest.raises(VaultFilesError, match=r"operator\.key is missing: restore it"):
            again.tokens.create(project, v2())
    assert not (vault.directory / OPERATOR_KEY).exists()


@pytest.mark.parametrize("text", [b"", b"12", b"z" * 64, b"\xff" * 64, b"a" * 65])
def test_a_damaged_key_is_a_sentence_that_does_not_repeat_it(vault: Vault, text: bytes) -> None:
    (vault.directory / OPERATOR_KEY).write_bytes(text)
    with pytest.raises(VaultFilesError, match=r"is damaged|cannot be read") as refused:
        vault.projects.create("Shop")
    assert "zzz" not in str(refused.value)
    assert "aaa" not in str(refused.value)


def test_a_foreign_key_opens_nothing(vault: Vault, clock: Clock) -> None:
    project = vault.projects.create("Shop")
    (vault.directory / OPERATOR_KEY).write_text(secrets.token_hex(32))
    with pytest.raises(Refusal, match="belongs to another vault"):
        vault.tokens.create(project, v2())
    assert vault.tokens.count(project) == 0


def test_programs_that_start_together_make_one_vault(tmp_path: Path) -> None:
    """Each must find whole keys and a whole database, whoever was first."""
    for attempt in range(5):
        place = tmp_path / str(attempt)
        start = threading.Barrier(6)
        failures: list[BaseException] = []

        def first_run(
            place: Path = place,
            start: threading.Barrier = start,
            failures: list[BaseException] = failures,
        ) -> None:
            try:
                start.wait()
                with Vault.create(place, actor="ann") as vault:
                    project = vault.projects.create("Shop")
                    vault.tokens.create(project, v2())
            except BaseException as error:
                failures.append(error)

        threads = [threading.Thread(target=first_run) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert failures == []
        with Vault.open(place, actor="ann") as vault:
            assert len(vault.projects.every()) == 6
            assert vault.audit.first_broken() is None
        assert [p.name for p in (place / "operator").iterdir()] == ["operator.key"]


def test_a_crash_while_a_file_is_made_leaves_no_half_vault(tmp_path: Path) -> None:
    vault_files.make_directory(tmp_path / "vault")

    def crash(path: Path) -> None:
        path.write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        vault_files.make_once(tmp_path / "vault", "vault.db", crash)
    assert not has_database(tmp_path / "vault")
    Vault.create(tmp_path / "vault", actor="ann").close()


def test_a_crash_of_the_first_run_leaves_no_half_vault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(path: Path) -> None:
        create_database(path)
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("st_tui.core.vault.create_database", crash)
        with pytest.raises(KeyboardInterrupt):
            Vault.create(tmp_path / "vault", actor="ann")
    assert not has_database(tmp_path / "vault")
    with Vault.create(tmp_path / "vault", actor="ann") as vault:
        vault.projects.create("Shop")


MOUNTS = r"""
/dev/sda1 / ext4 rw 0 0
tmpfs /tmp tmpfs rw 0 0
server:/home /home nfs4 rw 0 0
/dev/sdb1 /home/ann/disk ext4 rw 0 0
//nas/share /mnt/my\040share cifs rw 0 0
server:/b /mnt/bücher nfs rw 0 0
gluster:/v /mnt/gluster fuse.glusterfs rw 0 0
sshfs /mnt/ssh fuse.sshfs rw 0 0
portal /mnt/own fuse.portal rw 0 0
bad line
"""


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("/var/vault", None),
        ("/tmp/vault", None),  # noqa: S108
        ("/home", "nfs4"),
        ("/home/bob/vault", "nfs4"),
        ("/home/ann/disk/vault", None),
        ("/homestead/vault", None),
        ("/mnt/my share/vault", "cifs"),
        ("/mnt/bücher/vault", "nfs"),
        ("/mnt/gluster/vault", "fuse.glusterfs"),
        ("/mnt/ssh/vault", "fuse.sshfs"),
        ("/mnt/own/vault", None),
    ],
)
def test_a_network_file_system_is_refused(place: str, kind: str | None) -> None:
    if kind is None:
        vault_files.refuse_network_file_system(Path(place), MOUNTS)
    else:
        with pytest.raises(VaultFilesError, match=rf"network file system \({kind} at "):
            vault_files.refuse_network_file_system(Path(place), MOUNTS)


def test_nothing_is_made_on_a_network_file_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vault_files, "_mounts", lambda: "server:/x / nfs4 rw 0 0\n")
    with pytest.raises(VaultFilesError, match="network file system"):
        Vault.create(tmp_path / "new" / "vault", actor="ann")
    assert list(tmp_path.iterdir()) == []


def test_a_later_mount_hides_an_earlier_one() -> None:
    place, network = Path("/data/vault"), "a /data nfs rw 0 0\n"
    with pytest.raises(VaultFilesError):
        vault_files.refuse_network_file_system(place, network)
    for mounts in (f"{network}b /data ext4 rw 0 0\n", ""):
        vault_files.refuse_network_file_system(place, mounts)  # no refusal


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
@pytest.mark.parametrize("name", ["vault.db", SERVER_KEY, OPERATOR_KEY, "operator"])
def test_a_file_of_another_user_is_refused(vault: Vault, name: str) -> None:
    vault.close()
    os.chown(vault.directory / name, 65_534, -1)
    with pytest.raises(VaultFilesError, match=f"{name} belongs to another user .*chown --ref"):
        Vault.open(vault.directory, actor="ann")
    # The directory's own user may have them all, and root may have any of them.
    os.chown(vault.directory, 65_534, -1)
    Vault.open(vault.directory, actor="ann").close()


@pytest.mark.skipif(os.getuid() != 0, reason="only root can give files away")
def test_the_journal_may_be_the_servers(vault: Vault) -> None:
    vault.projects.create("Shop")
    for name in ("vault.db-wal", "vault.db-shm"):
        os.chown(vault.directory / name, 65_534, -1)
    with Vault.open(vault.directory, actor="ann") as again:
        assert again.projects.every() == vault.projects.every()


@pytest.mark.parametrize("below", ["vault", "new/vault"])
def test_a_place_that_everybody_may_change_is_refused(tmp_path: Path, below: str) -> None:
    place = tmp_path / "open"
    place.mkdir()
    place.chmod(0o777)
    with pytest.raises(VaultFilesError, match=r"may be written by everybody.*chmod \+t"):
        Vault.create(place / below, actor="ann")
    assert list(place.iterdir()) == []
    place.chmod(0o1777)
    Vault.create(place / below, actor="ann").close()
    (place / below).parent.chmod(0o777)
    with pytest.raises(VaultFilesError, match="may be written by everybody"):
        Vault.open(place / below, actor="ann")
