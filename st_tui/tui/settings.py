"""What the app remembers from one start to the next, and the text of its file: TOML.

    theme = "dark"          # dark, light, high-contrast or terminal
    sort = "created"        # created, name or expires
    environment = "prod"
    server = "http://127.0.0.1:8080"

A person may write it by hand. A key with a value that is not allowed has its default instead. The
app changes the one line of what it remembers anew, so that comments stay.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from itertools import takewhile
from typing import Any
from urllib.parse import urlsplit

from st_tui.core.errors import Refusal
from st_tui.core.model import Order
from st_tui.core.plain_text import refuse_controls
from st_tui.tui.terminal.detection import PLAIN
from st_tui.tui.terminal.palettes import PALETTES

_OWN = "st-tui-"
_TERMINAL = "terminal"
THEMES = (*(palette.name.removeprefix(_OWN) for palette in PALETTES), _TERMINAL)
"""The themes by the names that a person reads and writes."""

_LONGEST = 200
"""Characters of a value."""

_HEAD = """\
# What st-tui remembers. Change it by hand as you like: comments are kept.
# theme: dark, light, high-contrast or terminal. sort: created, name or expires.
"""

_VALUE = r"""(?:"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|[^\s#"']+)"""
"""A value of one line: a text in quotes, or a word."""


@dataclass(frozen=True)
class Settings:
    """What is remembered; an empty text for nothing."""

    theme: str = THEMES[0]
    sort: str = Order.CREATED.value
    environment: str = ""
    """The slug of the environment asked about last."""
    server: str = ""
    """The URL of the server tried last."""

    @property
    def theme_name(self) -> str:
        """The theme by the name that Textual has for it."""
        return PLAIN if self.theme == _TERMINAL else f"{_OWN}{self.theme}"


NAMES = tuple(field.name for field in fields(Settings))


def theme_called(theme_name: str) -> str:
    """The name that a person has for one of Textual's themes; empty for one that is not ours."""
    name = theme_name.removeprefix(_OWN).removesuffix("-256")
    return _TERMINAL if theme_name == PLAIN else name if name in THEMES else ""


def checked(values: Mapping[str, Any]) -> tuple[Settings, list[str]]:
    """The settings that a file has, and a sentence about each key that is not as it has to be."""
    settings, complaints = Settings(), []
    for name, value in values.items():
        if name not in NAMES:
            complaints.append(f"there is no setting {name!r}: there are {', '.join(NAMES)}.")
            continue
        try:
            _CHECKS[name](value)
        except Refusal as refusal:
            complaints.append(f"{name} is {_shortened(value)}: {refusal}")
        else:
            settings = replace(settings, **{name: value})
    return settings, complaints


def with_changes(text: str, changes: Mapping[str, str]) -> str:
    """The text of a file with other values for some keys, the rest as it stands."""
    for name, value in changes.items():
        line = f'{name} = "{_quoted(value)}"'
        old = re.search(rf"^{name}[ \t]*=[ \t]*{_VALUE}", text, re.MULTILINE)
        if old:
            text = f"{text[: old.start()]}{line}{text[old.end() :]}"
        else:
            # Behind the comments that it begins with: at its end a table may stand.
            text = text or _HEAD
            lines = text.splitlines(keepends=True)
            head = "".join(takewhile(lambda line: line.startswith("#"), lines))
            text = f"{head}{line}\n{text[len(head) :]}"
    return text


def _one_of(allowed: tuple[str, ...]) -> Callable[[Any], None]:
    def check(value: Any) -> None:
        if value not in allowed:
            raise Refusal(f"it can be {', '.join(allowed[:-1])} or {allowed[-1]}.")

    return check


def _check_text(value: Any) -> None:
    if not isinstance(value, str) or len(value) > _LONGEST:
        raise Refusal(f"it has to be a text of {_LONGEST} characters at most.")
    refuse_controls(value, "setting")


def _check_server(value: Any) -> None:
    _check_text(value)
    if value and not is_plain_url(value):
        raise Refusal("it has to be like http://127.0.0.1:8080, without a user or a password.")


def is_plain_url(url: str) -> bool:
    """Whether a text is the URL of a server and has nothing secret in it."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    has_more = parts.query or parts.fragment or "@" in parts.netloc
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not has_more


_CHECKS: Mapping[str, Callable[[Any], None]] = {
    "theme": _one_of(THEMES),
    "sort": _one_of(tuple(order.value for order in Order)),
    "environment": _check_text,
    "server": _check_server,
}


def _shortened(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 40 else f"{text[:39]}…"


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"')
