"""Certificates read from a file, which may say anything."""

from __future__ import annotations

import pytest

from st_tui.core.algebra.certificate_json import from_json
from st_tui.core.errors import Refusal


@pytest.mark.parametrize(
    "data", [{}, [], None, {"universe": "all"}, {"universe": "/ and (/[A-Za-z0-9_-]+)+", "left": 3}]
)
def test_what_is_no_certificate_gets_a_sentence(data: object) -> None:
    with pytest.raises(Refusal, match="no certificate"):
        from_json(data)
