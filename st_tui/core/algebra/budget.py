"""How much a question may cost before it is given up."""

from __future__ import annotations

from typing import Final

from st_tui.core.errors import Refusal

_STEPS: Final = 200_000
"""A step takes up to a fifth of a microsecond, one read of one pattern about six steps."""
_LOOKS: Final = 100_000
"""A look is one pattern reading one character of a folder's path: up to half a microsecond."""


class TooComplex(Refusal):
    """The question would take too many steps."""


class Budget:
    """The steps and looks that one question, or all parts of a larger one, may take together.

    Steps are weighed so that each takes about as long as any other, whatever the patterns.
    """

    def __init__(self, steps: int = _STEPS, looks: int = _LOOKS) -> None:
        self._steps = steps
        self._looks = looks

    def spend(self, steps: int) -> None:
        """Count steps. Raises TooComplex if there are none left."""
        self._steps -= steps
        if self._steps < 0:
            raise TooComplex(
                "These patterns are too intricate to compare: "
                "use fewer wildcards in one segment, or fewer scopes."
            )

    def may_look(self, looks: int) -> bool:
        """Count looks at folders; False if there are none left: a verdict stands without them."""
        self._looks -= looks
        return self._looks >= 0
