"""The units of a pattern: what each kind stands for, and how it is laid out in the automaton.

The parser finds them in a pattern's text; all else that is asked about a unit is a method here. So
a new kind is a class here, a line in `parser`, and tests.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from typing import Final, TypeAlias

from st_tui.core.patterns.automaton import Layout


class Unit:
    """A piece of a segment, `text` as it is written. This base is no kind of its own."""

    __slots__ = ("text",)

    opens = ""
    """The character that it begins with, if it is no literal."""
    extent = ""
    """Its text as a regular expression, if there are characters in it that look like literals."""
    is_literal = False
    """It stands for its own text and nothing else."""
    matches_itself = True
    """A path equal to the pattern's text gets past it without a branch of its own."""
    takes_a_slash = False
    """picomatch: where a pattern ends in it, one more slash may follow."""

    def __init__(self, text: str) -> None:
        self.text = text

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        """Lay out its states; `first` says that a segment begins with it."""
        raise NotImplementedError

    def shortest(self) -> int:
        """How many characters it adds to a path at least."""
        return 1

    def example(self) -> str:
        """A text that it stands for."""
        return "x"

    def dot_example(self) -> str | None:
        """One that begins with a dot, if it lets in such a text at the start of a segment."""
        return None

    def misfit(self, chars: AbstractSet[str]) -> tuple[str, str] | None:
        """Why it stands for no text of these characters alone; None if it stands for one.

        That is what it has, in words, and the character that follows these words, if one does.
        """
        return None


class Literal(Unit):
    """A run of characters that stand for themselves."""

    __slots__ = ()
    is_literal = True

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.literals(self.text)

    def shortest(self) -> int:
        return len(self.text)

    def example(self) -> str:
        return self.text

    def misfit(self, chars: AbstractSet[str]) -> tuple[str, str] | None:
        found = _first_beyond(chars, self.text)
        return None if found is None else ("", found)


class Star(Unit):
    """`*`: any number of characters, but at the start of a segment no dot (see `construction`)."""

    __slots__ = ()
    opens = "*"
    takes_a_slash = True

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.loop()

    def shortest(self) -> int:
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

    How many it needs at least goes by its neighbours (see `construction`).
    """

    __slots__ = ()
    opens = "*"

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.loop()

    def shortest(self) -> int:
        return -1  # the slash before it is not there either


class CharClass(Unit):
    """`[a-c]` or `[^a-c]`: one character. `names_itself`: the text `[abc]` is let in as well."""

    __slots__ = ("chars", "names_itself", "negated")
    opens, extent = "[", r"\[[^]]*\]"
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
    opens, extent = "{", r"\{[^}]*\}"
    matches_itself = False

    def __init__(self, text: str, words: tuple[str, ...]) -> None:
        self.text = text
        self.words = words

    def lay_out(self, layout: Layout, *, first: bool) -> None:
        layout.choice(self.words)

    def shortest(self) -> int:
        return min(map(len, self.words))

    def example(self) -> str:
        return self.words[0]

    def dot_example(self) -> str | None:
        return next((word for word in reversed(self.words) if word[0] == "."), None)

    def misfit(self, chars: AbstractSet[str]) -> tuple[str, str] | None:
        found = [_first_beyond(chars, word) for word in self.words]
        return None if None in found else ("a choice of words with ", str(found[0]))


KINDS: Final = (Literal, Star, AnyChar, Globstar, CharClass, Choice)
STAR: Final = Star("*")
ANY: Final = AnyChar("?")
GLOBSTAR: Final = Globstar("**")

Segment: TypeAlias = tuple[Unit, ...]
"""The units between two slashes. An empty one, after a pattern's last slash, stands for nothing."""


def _first_beyond(chars: AbstractSet[str], text: str) -> str | None:
    return next((char for char in text if char not in chars), None)
