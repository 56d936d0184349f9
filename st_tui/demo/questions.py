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
            "The folder above",
            "metrics-ingest may write prod:/backend/*. May it write in /backend itself?",
            "metrics-ingest",
            "prod",
            "/backend",
            Permission.WRITE,
            Reason.PATH,
        ),
        "/backend/* wants one more name after /backend. To open both, write /backend/** instead.",
    ),
    Question(
        Step(
            "The root",
            "all-folders may read dev:/**. Secrets can lie in the root folder, too. May it read /?",
            "all-folders",
            "dev",
            "/",
            Permission.READ,
            Reason.ALLOWED,
        ),
        "Two stars stand for any number of folders, also for none. So /** opens / as well.",
    ),
)
"""The questions in their order."""


def closing_title(right: int) -> str:
    """How many of the questions were guessed right, as a title."""
    return f"That was the tour: {right} of {len(QUESTIONS)} guessed right"
