"""What is said of a file that is not read."""

from __future__ import annotations

import pytest

from st_tui.core.secrets.files import SecretFileError
from st_tui.core.secrets.files.read import parse


def refusal(data: bytes) -> str:
    """One sentence in one line, without a word of the file: each `s3cret` in it would be one."""
    with pytest.raises(SecretFileError) as refused:
        parse(data)
    sentence = str(refused.value)
    assert "s3cret" not in sentence
    assert "\n" not in sentence
    return sentence
