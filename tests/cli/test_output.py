"""What is printed: columns are aligned whatever text is in them."""

from __future__ import annotations

import pytest
from rich.cells import cell_len

from st_tui.cli.output import say_table


@pytest.mark.parametrize("name", ["plain", "日本語", "e\u0301te\u0301", "ที่นี่", "हिन्दी", "☰"])
def test_columns_are_aligned_as_the_app_measures_text(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    say_table(("NAME", "END"), [(name, "x"), ("other", "y")])
    lines = capsys.readouterr().out.splitlines()
    before = [line.removesuffix(line.split()[-1]) for line in lines]
    assert len(lines) == 3
    assert len({cell_len(text) for text in before}) == 1
