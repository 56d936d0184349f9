"""The questions after the tour: what newcomers guess wrong, to be guessed before it is shown."""

from __future__ import annotations

from typing import NamedTuple

from st_tui.core.model import Permission, Reason
from st_tui.demo.tour import Step


class Question(NamedTuple):
    """A question that is answered with yes or no, and then shown.

    `step` chooses the token and the access that is asked about. Its title and words are the
    question, its `reason` is the answer. `because` explains the answer.
    """

    step: Step
    because: str

    @property
    def answer(self) -> bool:
        """Whether the access is allowed."""
        return self.step.reason is Reason.ALLOWED


QUESTIONS = (
    Question(
        Step(
            "A folder whose name begins alike",
            "ci-deploy may read dev:/common/**. Somebody makes /common-old. May it read that?",
            "ci-deploy",
            "dev",
            "/common-old",
            Permission.READ,
            Reason.PATH,
        ),
        "A pattern goes folder by folder, not letter by letter: /common-old is another folder.",
    ),
    Question(
        Step(
            "A level too few",
            "second-level may read dev:/*/*. May it read /common, which has only one level?",
            "second-level",
            "dev",
            "/common",
            Permission.READ,
            Reason.PATH,
        ),
        "Each star wants a name of its own: /*/* opens /common/db, and neither /common nor /.",
    ),
    Question(
        Step(
            "Writing what it cannot read",
            "metrics-ingest may only write prod:/backend/*. May it replace a secret of "
            "/backend/billing?",
            "metrics-ingest",
            "prod",
            "/backend/billing",
            Permission.WRITE,
            Reason.ALLOWED,
        ),
        "Writing needs no reading: it replaces the value without seeing it. Nor does it get the "
        "old one back.",
    ),
)
"""The questions in their order."""


def closing_title(right: int, *, guessed: int) -> str:
    """How many of the guesses were right, as a title."""
    return f"That was the tour: {right} of {guessed} guessed right" if guessed else _CLOSING


_CLOSING = "That was the tour"
