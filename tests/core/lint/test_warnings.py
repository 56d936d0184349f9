"""The examples in the docstrings of the warnings."""

from __future__ import annotations

import doctest
from types import ModuleType

import pytest

from st_tui.core.lint import scopes, tokens, warnings


@pytest.mark.parametrize("module", [scopes, tokens, warnings])
def test_the_examples_hold(module: ModuleType) -> None:
    found = doctest.testmod(module)
    assert found.attempted > 0
    assert found.failed == 0
