"""The one kind of error that a person is meant to read."""


class Refusal(ValueError):
    """Something that cannot be done as asked: one sentence that says what, and how to mend it.

    Every door shows the text as it is; nothing was changed when it is raised, unless it says so.
    """
