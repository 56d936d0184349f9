"""The heads of the matrix: every name above its own column, and readable from left to right."""

from __future__ import annotations

from st_tui.tui.widgets.matrix_layout import Head, head_row, head_rows, layout, there_is_room

NAMES = ("ci-deploy", "reader", "nightly-backup", "x", "office-sync")


def drawn(heads: list[Head], width: int) -> str:
    line = ""
    for head in heads:
        assert head.start >= len(line)  # none stands in another
        line = line.ljust(head.start) + head.text
    assert len(line) <= width
    return line


def test_names_step_down_and_a_line_leads_from_each_to_its_column() -> None:
    rows = [drawn(head_row(NAMES, 6, 30, 3, row), 30) for row in range(3)]
    assert rows == [
        "ci-deploy         x",
        "│     reader      │office-sync",
        "│     │     nightly-backup",
    ]


def test_a_name_that_is_too_long_is_cut_where_the_next_begins() -> None:
    rows = [drawn(head_row(("a" * 30, "b", "c", "d"), 5, 20, 3, row), 20) for row in range(3)]
    assert rows == ["a" * 13 + "… d", "│    b         │", "│    │    c    │"]


def test_the_last_name_begins_further_left_where_it_would_not_fit() -> None:
    assert (
        drawn(head_row(("a", "b", "c", "office-sync"), 5, 20, 3, 0), 20) == "a        office-sync"
    )


def test_as_many_rows_as_the_longest_name_needs_three_or_four() -> None:
    assert head_rows(("a", "b"), 5) == 3
    assert head_rows(("a" * 14,), 5) == 3
    assert head_rows(("a" * 15,), 5) == 4
    assert head_rows(("a" * 99,), 5) == 4
    assert there_is_room(("a" * 19,), 5)
    assert not there_is_room(("a" * 20,), 5)


def test_the_folders_take_what_they_need_and_the_tokens_the_rest() -> None:
    paths = ("/", "/common", "/common/db", "/common/db/primary")
    # `primary` stands two levels in: 4 + 7 cells, and 4 for a number; but 16 at least.
    assert layout(79, paths, 200_000) == (16, 5, 12)
    assert layout(79, paths, 3) == (16, 12, 5)
    assert layout(79, (*paths, "/" + "x" * 60), 7).tree == 31  # two fifths
    assert layout(20, paths, 9).fit == 1
