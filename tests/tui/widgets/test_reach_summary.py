"""What a draft opens in few words: every folder is in exactly one part, on the right side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from st_tui.tui.widgets.reach_summary import Part, reach_of

_NAMES = st.sampled_from("abc")


@st.composite
def trees(draw: st.DrawFn) -> list[str]:
    """Folders with all that lead to them, the root first, as the vault gives them."""
    paths = draw(st.lists(st.lists(_NAMES, min_size=1, max_size=4), max_size=12))
    found = {"/"}
    for names in paths:
        found |= {"/" + "/".join(names[: depth + 1]) for depth in range(len(names))}
    return sorted(found, key=lambda path: [] if path == "/" else path.split("/"))


def covers(part: Part, path: str) -> bool:
    folder = part.text.removesuffix("/**")
    return path == (folder or "/") or (part.text != folder and path.startswith(f"{folder}/"))


@given(trees(), st.sets(st.integers(0, 40)))
def test_each_folder_is_in_one_part_on_its_side(paths: list[str], chosen: set[int]) -> None:
    opened = {path for number, path in enumerate(paths) if number in chosen}
    reach = reach_of("dev", paths, opened.__contains__)
    assert (reach.opened, reach.folders) == (len(opened), len(paths))
    for path in paths:
        found = [part for part in reach.parts if covers(part, path)]
        assert [part.is_open for part in found] == [path in opened]


def test_a_subtree_that_is_alike_is_one_word() -> None:
    paths = ["/", "/a", "/a/b", "/a/b/c", "/d"]
    assert [p.text for p in reach_of("dev", paths, lambda _: True).parts] == ["/**"]
    parts = reach_of("dev", paths, lambda path: path.startswith("/a/b")).parts
    assert [(part.text, part.is_open) for part in parts] == [
        ("/", False), ("/a", False), ("/a/b/**", True), ("/d", False),
    ]  # fmt: skip
