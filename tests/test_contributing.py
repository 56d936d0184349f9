"""What CONTRIBUTING names is there: every path, every name, every room of the code."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
CODE = ROOT / "st_tui"
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
_A_PATH = re.compile(r"\.?[\w-]+(?:/[\w.-]+)*(?:/|\.(?:py|md|toml|mjs))")


def named_paths() -> Iterator[tuple[str, Path | None]]:
    """Each path that is named, and what it means; None if that is not there.

    A path begins in the repository, in `st_tui/`, or in the first path of its line.
    """
    for line in TEXT.splitlines():
        words = [word for code in re.findall(r"`([^`]+)`", line) for word in code.split()]
        paths = [word for word in words if _A_PATH.fullmatch(word)]
        for path in paths:
            places = (base / path for base in (CODE / paths[0], CODE, ROOT))
            yield path, next((place for place in places if place.exists()), None)


def test_every_path_is_there() -> None:
    named = list(named_paths())
    assert len(named) > 100
    assert [path for path, place in named if place is None] == []


def test_every_room_is_on_the_map() -> None:
    rooms = {path.parent for path in CODE.glob("**/__init__.py")} - {CODE}
    # The commands are many, and found by their names.
    rooms -= set((CODE / "cli" / "commands").glob("*"))
    named = {place for _, place in named_paths() if place is not None}
    assert sorted(rooms - named) == []


def test_the_floors_are_those_of_the_contract() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
    [layers] = [
        contract["layers"]
        for contract in contracts["contracts"]
        if contract.get("containers") == ["st_tui.core"]
    ]
    below = layers[layers.index("store") + 1 :]
    floors = {
        room: str(floor)
        for floor, rooms in enumerate(reversed(below), start=1)
        for room in rooms.split(" | ")
    }
    rows = re.findall(r"^\| (\d) \| (.*?) \|", TEXT, re.MULTILINE)
    drawn = {
        room: floor for floor, cell in rows for room in re.findall(r"core/(\w+)(?:/|\.py)", cell)
    }
    assert drawn == floors


def test_every_name_is_in_its_module() -> None:
    names = re.findall(r"`(_?[A-Z]\w+)` in `([\w/]+\.py)`", TEXT)
    assert len(names) > 6
    for name, path in names:
        code = (CODE / path).read_text(encoding="utf-8")
        assert re.search(rf"^(?:class )?{name}\b", code, re.MULTILINE), (name, path)
