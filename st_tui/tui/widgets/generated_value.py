"""Of how many characters, and of which, a value is generated."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal

from st_tui.core.model import RandomBytes
from st_tui.core.secrets.generated import ALPHABETS, bits, generate
from st_tui.tui.widgets.field import Label
from st_tui.tui.widgets.selector import Selector

_LENGTHS = (16, 24, 32, 48, 64, 128)
_USUAL = 32


class GeneratedValue(Horizontal):
    """A line with two choices. It is not seen until a value was generated."""

    DEFAULT_CSS = """
    GeneratedValue {
        height: 1; visibility: hidden;
        #length { width: 20; }
        &.-made, &.-made > * { visibility: visible; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self.value = ""
        """What was generated last."""

    def compose(self) -> ComposeResult:
        yield Label("Generated")
        yield Selector([(f"{length} characters", length) for length in _LENGTHS], id="length")
        yield Selector(list(ALPHABETS.items()), id="alphabet")

    def on_mount(self) -> None:
        self.query_one("#length", Selector).choose(_USUAL)

    def make(self, randbytes: RandomBytes) -> str:
        """Generate a value as it is chosen. The first one brings the choices to light."""
        self.value = generate(self._length, self._alphabet, randbytes)
        if not self.has_class("-made"):
            self.add_class("-made")
            self.query_one("#length").focus()
        return self.value

    def said_of(self, value: str) -> str:
        """How hard a value is to guess, if it was generated; else nothing."""
        if not value or value != self.value:
            return ""
        return f"{bits(len(value), self._alphabet)} bits of randomness"

    def forget(self) -> None:
        """Take the value out of memory."""
        self.value = ""

    @property
    def _length(self) -> int:
        return int(self.query_one("#length", Selector).value)

    @property
    def _alphabet(self) -> str:
        return str(self.query_one("#alphabet", Selector).value)
