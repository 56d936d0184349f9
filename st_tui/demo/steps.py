"""The tour through the demo: every reason for which a known token is refused, after a yes."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.expiry import MINUTE
from st_tui.core.model import Endpoint, Permission, Reason, Scope, TokenDraft

ONE_MINUTE_TOKEN = "one-minute"  # noqa: S105  (a name)
"""The name of the token that the tour lets expire before the audience's eyes."""


class Step(NamedTuple):
    """One stop of the tour: what to say, which token to choose, and the access to try with it.

    `make_one_minute_token` marks the stop for which the app first makes `token`, with one minute to
    live, and then waits for its end; `reason` is the answer after that minute.
    """

    title: str
    words: str
    token: str
    environment: str
    path: str
    operation: Permission
    reason: Reason
    endpoint: Endpoint = Endpoint.E2EE
    ip: str | None = None
    make_one_minute_token: bool = False


TOUR = (
    Step(
        "A door that opens",
        "This token may read everything below /common in Development. "
        "We ask for a folder two levels down, and the answer is yes.",
        "ci-deploy",
        "dev",
        "/common/db/primary",
        Permission.READ,
        Reason.ALLOWED,
    ),
    Step(
        "One star, one level",
        "/* covers the top folders and nothing below them. /folder1 is open; "
        "/folder1/subfolder1 is one level too deep.",
        "top-level",
        "dev",
        "/folder1/subfolder1",
        Permission.READ,
        Reason.PATH,
    ),
    Step(
        "Two stars, exactly two levels",
        "/*/* wants two folder names, no fewer and no more. This path has three.",
        "second-level",
        "dev",
        "/folder1/subfolder/subsubfolder",
        Permission.READ,
        Reason.PATH,
    ),
    Step(
        "The children, not the folder",
        "/folder1/* opens what lies directly in /folder1. "
        "The folder itself stays closed, and so does anything deeper.",
        "folder1-children",
        "dev",
        "/folder1",
        Permission.READ,
        Reason.PATH,
    ),
    Step(
        "The wrong environment",
        "The path is right, but this token knows only Development. Production stays closed.",
        "ci-deploy",
        "prod",
        "/common/db/primary",
        Permission.READ,
        Reason.ENVIRONMENT,
    ),
    Step(
        "Writing is not reading",
        "This token may store values but never look at them. It can fill the box, not open it.",
        "metrics-ingest",
        "prod",
        "/backend/billing",
        Permission.READ,
        Reason.PERMISSION,
    ),
    Step(
        "Not switched on yet",
        "A version 3 token is born switched off. Until somebody activates it, it opens nothing.",
        "mobile-release",
        "prod",
        "/frontend/web",
        Permission.READ,
        Reason.INACTIVE,
    ),
    Step(
        "From the wrong place",
        "This token works only inside the office network, 10.0.0.0/8. "
        "The same request from outside is turned away.",
        "office-sync",
        "dev",
        "/common/mail/templates",
        Permission.READ,
        Reason.IP,
        ip="203.0.113.9",
    ),
    Step(
        "The server cannot peek",
        "With end-to-end encryption on, the server holds no key. "
        "A raw request asks it for plain values, which it does not have.",
        "ci-deploy",
        "dev",
        "/common/db/primary",
        Permission.READ,
        Reason.RAW_E2EE,
        endpoint=Endpoint.RAW,
    ),
    Step(
        "Time is up",
        "This token lives for one minute. Watch the same request turn from yes to no.",
        ONE_MINUTE_TOKEN,
        "dev",
        "/common/db/primary",
        Permission.READ,
        Reason.EXPIRED,
        make_one_minute_token=True,
    ),
)
"""A walk through every reason for which a known token is refused; it begins with a yes."""


def one_minute_draft(now: int) -> TokenDraft:
    """The token of the tour's last step."""
    scopes = (Scope("dev", "/common/**"),)
    return TokenDraft(ONE_MINUTE_TOKEN, scopes, frozenset({Permission.READ}), now + MINUTE)
