"""Files that appear whole: what is deleted of what was left, and what is not."""

from __future__ import annotations

import errno
import fcntl
import os
from pathlib import Path

import pytest

from st_tui.core.files import written_aside

NEW = ".new-"
LEFT = ".new-0123456789abcdef"


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("part", ["", "-wal", "-shm", "-journal", "-lock"])
def test_each_part_that_was_left_goes(tmp_path: Path, part: str) -> None:
    (tmp_path / f"{LEFT}{part}").write_text("left")
    written_aside.clear(tmp_path, NEW)
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    "name",
    [
        "new-0123456789abcdef", ".new-0123456789abcde", ".new-0123456789abcdef0",
        ".new-0123456789ABCDEF", ".new-0123456789abcdef.db", ".new-0123456789abcdef-old",
        "x.new-0123456789abcdef", ".new-", "payments.db",
    ],
)  # fmt: skip
def test_any_other_name_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("mine")
    written_aside.clear(tmp_path, NEW)
    assert names(tmp_path) == [name]


def test_what_is_no_file_of_ours_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "kept").write_text("mine")
    (folder / LEFT).symlink_to(tmp_path / "kept")
    (folder / f"{LEFT[:-1]}0-wal").mkdir()
    (folder / f"{LEFT[:-1]}1-lock").symlink_to(tmp_path / "kept")
    before = names(folder)
    written_aside.clear(folder, NEW)
    assert names(folder) == before
    (tmp_path / LEFT).write_text("somebody else's")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    written_aside.clear(tmp_path, NEW)
    assert names(tmp_path) == [LEFT, "folder", "kept"]


def test_a_directory_goes_with_all_in_it_and_nothing_that_it_links_to(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("mine")
    with written_aside.draft(tmp_path, NEW) as path:
        for made in (path, tmp_path / LEFT):
            (made / "below").mkdir(parents=True)
            (made / "below" / "file").write_text("left")
            (made / "link").symlink_to(kept)
        written_aside.clear(tmp_path, NEW)
        assert names(tmp_path) == [path.name, f"{path.name}-lock", "kept"]
    assert names(tmp_path) == ["kept"]
    assert names(kept) == ["file"]


def test_a_folder_that_is_not_there_is_quiet(tmp_path: Path) -> None:
    written_aside.clear(tmp_path / "none", NEW)
    assert names(tmp_path) == []


def test_what_is_being_written_stays(tmp_path: Path) -> None:
    with written_aside.draft(tmp_path, NEW) as path:
        path.write_text("half")
        written_aside.clear(tmp_path, NEW)
        assert path.read_text() == "half"
        written_aside.rename_to_new(path, tmp_path / "whole")
        with pytest.raises(FileExistsError):
            written_aside.rename_to_new(path, tmp_path / "whole")
    assert names(tmp_path) == ["whole"]


def test_a_lock_that_somebody_cleared_away_is_not_relied_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the lock's file and the lock another program may take it for nobody's."""
    turns = []

    def slow(handle: int, operation: int) -> None:
        turns.append(handle)
        if len(turns) == 1:
            [left] = tmp_path.iterdir()
            left.unlink()
        fcntl.flock(handle, operation)

    monkeypatch.setattr(written_aside, "flock", slow)
    with written_aside.draft(tmp_path, NEW) as path:
        assert len(turns) == 2
        assert names(tmp_path) == [f"{path.name}-lock"]
    assert names(tmp_path) == []


@pytest.mark.parametrize("there", [False, True])
def test_a_disk_without_links_and_locks_will_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: bool
) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EOPNOTSUPP, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    monkeypatch.setattr(written_aside, "flock", refuse)
    place = tmp_path / "whole"
    if there:
        place.write_text("older")
    with written_aside.draft(tmp_path, NEW) as path:
        path.write_text("new")
        if there:
            with pytest.raises(FileExistsError):
                written_aside.rename_to_new(path, place)
        else:
            written_aside.rename_to_new(path, place)
    assert place.read_text() == ("older" if there else "new")
    (tmp_path / LEFT).write_text("left")
    written_aside.clear(tmp_path, NEW)
    assert LEFT in names(tmp_path)
