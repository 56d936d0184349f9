"""The steps of the demo's tour: a yes, then every reason for which a known token is refused."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.expiry import MINUTE
from st_tui.core.model import Endpoint, Permission, Reason, Scope, TokenDraft

ONE_MINUTE_TOKEN = "one-minute"  # noqa: S105  (a name)
"""The name of the token that expires during the tour."""


class Step(NamedTuple):
    """One step: what to say, which token to choose, and the access to try with it.

    `reason` is the decision to be seen. At the step with `make_one_minute_token` the app first
    makes `token` with one minute to live, and the tour goes on. The last step shows that it ended.
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
        "This token may read /common and everything below it in Development. "
        "We ask for a folder two levels down, and the answer is yes.",
        "ci-deploy",
        "dev",
        "/common/db/primary",
        Permission.READ,
        Reason.ALLOWED,
    ),
    Step(
        "Two stars open the folder too",
        "/common/** opens /common itself as well as everything below it. "
        "With one star it would not: /common/* leaves /common out.",
        "ci-deploy",
        "dev",
        "/common",
        Permission.READ,
        Reason.ALLOWED,
    ),
    Step(
        "A folder that is not there",
        "A scope is a pattern, not a list of folders: /common/new is allowed before anybody makes "
        "it. The reach counts only those that exist.",
        "ci-deploy",
        "dev",
        "/common/new",
        Permission.READ,
        Reason.ALLOWED,
    ),
    Step(
        "Everything but dot names",
        "/** opens every folder, the root too, but no name that begins with a dot. "
        "So /.env stays closed even to this token.",
        "all-folders",
        "dev",
        "/.env",
        Permission.READ,
        Reason.PATH,
    ),
    Step(
        "One star, one level",
        "/* opens the top folders and nothing below them. /folder1 is open; "
        "/folder1/subfolder1 is one level too deep.",
        "top-level",
        "dev",
        "/folder1/subfolder1",
        Permission.READ,
        Reason.PATH,
    ),
    Step(
        "A star for each level",
        "/*/* wants exactly two folder names, no fewer and no more. This path has three.",
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
        "One minute to live",
        "This token was made just now, and it ends in one minute. "
        "It works; we go on while its time runs out.",
        ONE_MINUTE_TOKEN,
        "dev",
        "/common/db/primary",
        Permission.READ,
        Reason.ALLOWED,
        make_one_minute_token=True,
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
        "Two reasons at once",
        "The same token in Development, which no scope of it names. Both reasons are listed, in a "
        "fixed order; the audit log gives the first: inactive.",
        "mobile-release",
        "dev",
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
        "This is the token with one minute to live: wait for its end, or go on. "
        "At that second the same request turns from yes to no.",
        ONE_MINUTE_TOKEN,
        "dev",
        "/common/db/primary",
        Permission.READ,
        Reason.EXPIRED,
    ),
)
"""The steps in their order. Add one here, and the app shows it."""

END_WORDS = (
    "You saw what patterns open, and every reason for a no. Now try it: t tests a token on any "
    "path, n makes one. Your own tokens live in st-tui without demo."
)
"""What the tour says after its last step."""


def one_minute_draft(now: int) -> TokenDraft:
    """The token that ends during the tour."""
    scopes = (Scope("dev", "/common/**"),)
    return TokenDraft(ONE_MINUTE_TOKEN, scopes, frozenset({Permission.READ}), now + MINUTE)
