"""JSON as its standard has it, RFC 8259.

Python's own reader also takes `NaN` and `Infinity` for numbers. If an object has a key twice, it
keeps the last value without a word.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NoReturn

from st_tui.core.errors import Refusal

Pairs = list[tuple[str, Any]]
"""The keys and values of one object, in the text's order."""


class NotJson(Refusal):
    """Text that Python's reader would take although it is no JSON."""


def each_key_once(pairs: Pairs) -> dict[str, Any]:
    """The object with these keys and values. Raises NotJson if a key is there twice."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise NotJson("A key is there twice: leave one out.")
    return fields


def strict_decoder(
    object_of: Callable[[Pairs], dict[str, Any]] = each_key_once,
) -> json.JSONDecoder:
    """A decoder that makes every object by `object_of` and refuses `NaN` and `Infinity`.

    Decoding raises JSONDecodeError, RecursionError for what is nested too deeply, ValueError for
    a number of too many digits, NotJson, and what `object_of` raises.
    """
    return json.JSONDecoder(object_pairs_hook=object_of, parse_constant=_refuse)


def read_object(text: str | bytes | bytearray) -> dict[str, Any] | None:
    """The JSON object in a text; None if the text is anything else.

    Text with `NaN` or `Infinity` is something else, and so is text that is nested too deeply. Of a
    key that is there twice, the last value counts.
    """
    try:
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _refuse(constant: str) -> NoReturn:
    raise NotJson(f"{constant} is no JSON: leave it out.")
