"""JSON responses, of successes and of refusals."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import Response

from st_tui.api.problems import Problem


def as_refused(problem: Problem) -> Response:
    """A refusal in Infisical's error body, with an id of its own."""
    body = problem.body(f"req-{secrets.token_hex(8)}")
    return as_json(problem.status, body, problem.headers)


NOT_CACHED = {"Cache-Control": "no-store"}
"""Headers of every response. Refusals name secrets too, and the next answer may differ."""


def as_json(
    status: int, content: Mapping[str, Any], headers: dict[str, str] | None = None
) -> Response:
    """A response with this content, which no cache may keep."""
    return Response(_encode(content), status, NOT_CACHED | (headers or {}), "application/json")


_encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
