"""The command line that makes the token of a form."""

from __future__ import annotations

import re
from shlex import quote

from st_tui.core.addresses import ANYWHERE_TEXT, parse_ranges
from st_tui.core.model import Permission, TokenDraft


def create_command(draft: TokenDraft, expires: str, project: str | None = None) -> str:
    """`st-tui service-token create …` for a draft, quoted for a shell.

    `expires` is its end as `parse_end` reads it, so that a life counts from when the command is
    run. `project` is a slug, for a vault with several projects.
    """
    words = ["st-tui", "service-token", "create"]
    words += _option("--project", project) if project else []
    for permission in Permission:
        if permission in draft.permissions:
            words += _option("--access-level", permission.value)
    words += _expiry(expires)
    if draft.version == 3:
        words += ["--token-version", "3"]
        if draft.trusted_ips not in (None, parse_ranges(ANYWHERE_TEXT)):
            for block in draft.trusted_ips or ():
                words += _option("--trusted-ip", block.text)
        words += ["--active"] if draft.is_active else []
    # What is typed letter by letter comes last: on the screen nothing behind it moves.
    words += _option("--name", draft.name)
    for scope in draft.scopes:
        words += _option("--scope", str(scope))
    return " ".join(words)


def _expiry(expires: str) -> list[str]:
    typed = expires.strip()
    if typed.lower() == "never":
        return ["--never"]
    if re.match(r"\d{4}-", typed):
        return _option("--expires-at", typed)
    return _option("--expires-in", "".join(typed.split()))


def _option(name: str, value: str) -> list[str]:
    # A value that begins with a dash would be taken for an option.
    return [f"{name}={quote(value)}"] if value.startswith("-") else [name, quote(value)]
