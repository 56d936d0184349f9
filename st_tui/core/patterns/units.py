"""The units of a pattern: what each kind matches, and how it is laid out in the automaton.

The parser finds the units in a pattern's text. All else that is asked about a unit is a method
here. So a new kind is a class here and in `KINDS`, a reader in `parser`, and tests.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from st_tui.core.patterns.automaton import Layout


class Unit:
    """The base class of all kinds of unit; `text` is the unit as it is written."""

    __slots__ = ("text",)

    opens = ""
    """The character that each unit of the kind begins with; empty for literals."""
    regex = ""
    """Finds units of the kind in a text; empty if no character of theirs looks like a literal."""
    is_literal = False
    """Whether it matches its own text and nothing else."""
    matches_itself = True
    """Whether each unit of the kind matches its own text, as `?` matches `?`; no choice does."""
    takes_a_slash = False
    """picomatch: a path may have one more slash if the pattern ends in such a unit."""

    def __init__(self, text: str) -> None:
        self.text = text

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        """Lay out its states; `first`: a segment begins with it."""
        raise NotImplementedError

    def min_length(self) -> int:
        """The least number of characters that it adds to a path."""
        return 1

    def example(self) -> str:
        """A text that it matches."""
        return "x"

    def dot_example(self) -> str | None:
        """A text with a dot first that it matches where a segment starts; None if there is none."""
        return None

    def misfit(self, chars: AbstractSet[str]) -> tuple[str, str] | None:
        """Why it matches no text that has only these characters; None if it matches one.

        The reason is what the unit has: some words and a character behind them, either of which
        may be empty. With no dot in `chars`, `{.a,.b}` has ("a choice of words with ", ".").
        """
        return None


class Literal(Unit):
    """A run of characters that match themselves."""

    __slots__ = ()
    is_literal = True

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.literals(self.text)

    def min_length(self) -> int:
        return len(self.text)

    def example(self) -> str:
        return self.text

    def misfit(self, chars: AbstractSet[str]) -> tuple[str, str] | None:
        found = _first_outside(chars, self.text)
        return None if found is None else ("", found)


class Star(Unit):
    """`*`: any number of characters, but no dot at the start of a segment (see `construction`)."""

    __slots__ = ()
    opens = "*"
    takes_a_slash = True

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.loop()

    def min_length(self) -> int:
        return 0


class AnyChar(Unit):
    """`?`: one character."""

    __slots__ = ()
    opens = "?"

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        # picomatch: only at the start of a segment does `?` keep out a dot.
        layout.all_but("." if first else "")


class Globstar(Unit):
    """`**`, always a whole segment: any number of segments, none of which begins with a dot.

    Whether that number may be zero depends on its neighbours (see `construction`).
    """

    __slots__ = ()
    opens = "*"

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.loop()

    def min_length(self) -> int:
        return -1  # with no segment, its slash is missing too


class CharClass(Unit):
    """`[a-c]` or `[^a-c]`: one character. `names_itself`: it matches its own text, too."""

    __slots__ = ("chars", "names_itself", "negated")
    opens, regex = "[", r"\[[^]]*\]"
    matches_itself = False
    takes_a_slash = True

    def __init__(
        self, text: str, chars: frozenset[str], *, negated: bool, names_itself: bool
    ) -> None:
        self.text = text
        self.chars = chars
        self.negated = negated
        self.names_itself = names_itself

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        if self.names_itself:
            layout.choice((self.chars, self.text))
        elif self.negated:
            layout.all_but(self.chars)
        else:
            layout.one_of(self.chars)

    def example(self) -> str:
        return "x" if self.negated else self.text[1]

    def dot_example(self) -> str | None:
        return "." if self.negated else None

    def misfit(self, chars: AbstractSet[str]) -> tuple[str, str] | None:
        leaves_none = self.negated and self.chars >= chars
        return ("a class that leaves out all of them", "") if leaves_none else None


class Choice(Unit):
    """`{db,cache}`: one of the words."""

    __slots__ = ("words",)
    opens, regex = "{", r"\{[^}]*\}"
    matches_itself = False

    def __init__(self, text: str, words: tuple[str, ...]) -> None:
        self.text = text
        self.words = words

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.choice(self.words)

    def min_length(self) -> int:
        return min(map(len, self.words))

    def example(self) -> str:
        return self.words[0]

    def dot_example(self) -> str | None:
        return next((word for word in reversed(self.words) if word[0] == "."), None)

    def misfit(self, chars: AbstractSet[str]) -> tuple[str, str] | None:
        found = [_first_outside(chars, word) for word in self.words]
        return None if None in found else ("a choice of words with ", str(found[0]))


KINDS: Final = (Literal, Star, AnyChar, Globstar, CharClass, Choice)
STAR: Final = Star("*")
ANY: Final = AnyChar("?")
GLOBSTAR: Final = Globstar("**")

Segment: TypeAlias = tuple[Unit, ...]
"""The units between two slashes. After a slash that ends the pattern there are none."""


def _first_outside(chars: AbstractSet[str], text: str) -> str | None:
    return next((char for char in text if char not in chars), None)
