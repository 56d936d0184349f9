"""What a paste into the form for a secret is: secrets, or just a value.

`POSTGRES_PASSWORD=abc` is a secret. But Base64, JSON and connection strings contain an `=` as well.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from st_tui.core.errors import Refusal
from st_tui.core.secrets.files import FileSecret
from st_tui.tui.terminal.pasted_text import with_newlines
from st_tui.tui.widgets.secret_name import holds_secrets

_CONSTANT = re.compile(r"[A-Z_][A-Z0-9_]*")
"""A name in the style of environment variables."""


def read_pasted(text: str) -> Sequence[FileSecret]:
    """The secrets in a pasted text. Raises Refusal."""
    from st_tui.core.secrets.files import read

    return read.parse(with_newlines(text).encode(errors="surrogatepass"))


def secrets_in_value(text: str, name: str) -> Sequence[FileSecret]:
    """The secrets in a paste into the value of a secret with this name; none if it is a value.

    With a name, only a secret of that name counts. Without one, all names have to be constants.
    """
    if not holds_secrets(text):
        return []
    try:
        stated = read_pasted(text)
    except Refusal:
        return []
    if not all(each.value.strip("=") for each in stated):
        return []
    names = [each.name for each in stated]
    is_meant = names == [name] if name else all(map(_CONSTANT.fullmatch, names))
    return stated if is_meant else []


def looks_like_value(secret: FileSecret) -> bool:
    """Whether NAME=value is rather a value that ends in `=`, such as Base64."""
    return not secret.value.strip("=") and not _CONSTANT.fullmatch(secret.name)
