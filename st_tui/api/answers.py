"""What the server answers, as JSON."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from typing import Any

from starlette.responses import Response

from st_tui.api.problems import Problem


def as_refused(problem: Problem) -> Response:
    """A refusal, with an id of its own."""
    body = problem.body(f"req-{secrets.token_hex(8)}")
    return as_json(problem.status, body, problem.headers)


def as_json(
    status: int, content: dict[str, Any], headers: dict[str, str] | None = None
) -> Response:
    """An answer with this content."""
    return Response(_encode(content), status, headers, "application/json")


_encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
