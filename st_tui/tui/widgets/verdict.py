"""A verdict in lines: yes or no and why, what would be allowed, and how far each scope went."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from st_tui.core import access
from st_tui.core.model import AccessRequest, Decision, ScopeVerdict, ServiceToken
from st_tui.core.nearest.ranges import over_both
from st_tui.core.nearest.wording import until_and_from, when_and_from_where
from st_tui.core.patterns import pattern_or_none
from st_tui.core.patterns.alignment import Stretch, align
from st_tui.core.plain_text import shown
from st_tui.core.wording import how_far, why
from st_tui.tui.widgets.cells import column, cut

_TALL = 7
"""Lines from which on a verdict has blank ones between its parts."""
_MOST_SCOPES = 100
"""Scopes that are looked at for where they stopped: more are never shown."""
_GAP = "    "


class Question(NamedTuple):
    """Whose access is asked about, which, and what is known besides the decision.

    `misses` is what would be allowed instead, in words. `note` says how the path was read, if it
    was read otherwise than typed.
    """

    token: ServiceToken
    request: AccessRequest
    misses: Sequence[str] = ()
    note: str | None = None


class Verdict(Widget):
    """The answer to a question, in as many lines as this has: its height never follows its text."""

    DEFAULT_CSS = """
    Verdict { height: 4; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_concealed = False
        """Whether the answer is still to be guessed."""
        self.question: Question | None = None
        """What is answered; None while a sentence stands in its place."""
        self._sentence = Content("")

    def answer(self, question: Question) -> None:
        """Show the answer to a question."""
        self.question = question
        self.refresh()

    def say(self, sentence: Content) -> None:
        """Show a sentence: nothing can be answered."""
        self.question, self._sentence = None, sentence
        self.refresh()

    def render(self) -> Content:
        if self.question is None:
            return self._sentence
        if self.is_concealed:
            return Content.styled("?  What do you think: allowed or denied?", "bold $text-primary")
        width, height = self.content_size
        return Content("\n").join(verdict_lines(self.question, width, height))


def verdict_lines(question: Question, width: int, height: int) -> list[Content]:
    """All that is said of a question, in at most so many lines of so many cells.

    The reasons of a denial come first, for they are all to be read. What would be allowed is shown
    whole or not at all: half of it would leave out a condition.
    """
    decision = access.decide(question.token, question.request)
    if decision.allowed:
        lines = _allowed(question, decision, width)[:height]
    else:
        lines = _denied(question, decision, width, height)
        for line in _instead(question):
            wrapped = _wrapped(line, "  ", width)
            if len(lines) + len(wrapped) <= height:
                lines += wrapped
    air = [Content("")] if height >= _TALL else []
    room = height - len(lines) - len(air)
    if room > 0:
        lines += [*air, *_scopes(question, decision, width, room)]
    if question.note and len(lines) < height:
        lines.append(Content.styled(cut(question.note, width), "$text-muted"))
    return lines


def _allowed(question: Question, decision: Decision, width: int) -> list[Content]:
    """The yes, by which scope, until when and from where: on one line if it fits."""
    token = question.token
    number = (decision.scope or 0) + 1
    of_how_many = f" of {len(token.scopes)}" if len(token.scopes) > 1 else ""
    scope = cut(str(token.scopes[number - 1]), width)
    yes = Content.styled("✔ ALLOWED", "bold $text-success")
    by = Content.assemble((f"scope {number}{of_how_many}  ", "$text-muted"), scope)
    limits = Content.styled(until_and_from(token, question.request), "$text-muted")
    one = Content.assemble(yes, _GAP, by)
    gap = width - one.cell_length - limits.cell_length
    if gap >= len(_GAP):
        return [Content.assemble(one, " " * gap, limits)]
    if one.cell_length <= width:
        return [one, *_wrapped(limits, "", width)]
    return [yes, by.truncate(width, ellipsis=True), *_wrapped(limits, "", width)]


def _denied(question: Question, decision: Decision, width: int, height: int) -> list[Content]:
    """The no, and every reason for it: beside it if there is room, else below it."""
    no = Content.styled("✖ DENIED", "bold $text-error")
    reasons = Content(why(question.token, question.request, decision))
    if height >= _TALL:
        return [no, *_wrapped(reasons, "", width)][:height]
    one = Content.assemble(no, _GAP, reasons)
    beside = _wrapped(one, " " * (no.cell_length + len(_GAP)), width)
    # Where very much fails, every cell is needed.
    lines = beside if len(beside) <= height else _wrapped(one, "", width)
    if len(lines) > height:
        lines[height - 1] = Content.assemble(lines[height - 1].truncate(width - 1), "…")
    return lines[:height]


def _instead(question: Question) -> Iterable[Content]:
    """What would be allowed, the nearest first; with another time or address alone, that."""
    token, request = question.token, question.request
    for miss in question.misses:
        yield Content.assemble(("→ ", "bold $text-primary"), miss)
    has_ended = token.expires_at is not None and request.now >= token.expires_at
    if not has_ended and over_both(token, request).decision.allowed:
        words = when_and_from_where(token, request)
        yield Content.assemble(("→ ", "bold $text-primary"), f"{words[0].lower()}{words[1:-1]}")


# --- how far each scope went ---------------------------------------------------------------------


def _scopes(question: Question, decision: Decision, width: int, room: int) -> list[Content]:
    """The scope that decided, or else the one that came furthest, beside the path; then the rest.

    In one line there is no room for the path: it says of as many scopes as fit where they stopped.
    """
    token, path = question.token, question.request.path
    seen = token._replace(scopes=token.scopes[:_MOST_SCOPES])
    numbered = list(enumerate(access.explain(seen, question.request), start=1))
    furthest = max(numbered, key=_how_far, default=None)
    first = furthest
    if decision.scope is not None and decision.scope < len(numbered):
        first = numbered[decision.scope]
    lines = []
    if first is not None and first[1].in_environment and path != "/" and room > 1:
        lines = _beside_the_path(*first, path, width)
    rest = [one for one in numbered if one is not first or not lines]
    left = room - len(lines)
    if decision.allowed and left < len(rest):
        return lines  # the others changed nothing
    unseen = len(token.scopes) - len(numbered)
    if left < 1:
        return _with_more(lines, len(rest) + unseen, width)
    return lines + _said_of(rest, unseen, path, width, left)


def _how_far(numbered: tuple[int, ScopeVerdict]) -> tuple[bool, bool, int, int]:
    """Orders scopes by how far the path went; of two alike the first is the greater."""
    number, verdict = numbered
    return verdict.matched, verdict.in_environment, verdict.stopped_at or 0, -number


def _beside_the_path(number: int, verdict: ScopeVerdict, path: str, width: int) -> list[Content]:
    """The path, and below it the pattern: what fitted is underlined, and ✖ is where it stopped."""
    pattern = pattern_or_none(verdict.scope.secret_path)
    if pattern is None:
        return []
    label = f"scope {number}  "
    upper = [Content.styled("path".ljust(len(label)), "$text-muted")]
    lower = [Content.styled(label, "$text-muted")]
    for stretch in align(pattern, path):
        above, below = _pair(stretch)
        upper.append(above)
        lower.append(below)
    lines = [Content.assemble(*line).rstrip() for line in (upper, lower)]
    end = _end_of_scope(verdict, path)
    if lines[1].cell_length + end.cell_length <= width:
        lines[1] = Content.assemble(lines[1], end)
    return [line.truncate(width, ellipsis=True) for line in lines]


def _end_of_scope(verdict: ScopeVerdict, path: str) -> Content:
    """What stands behind a pattern that has the path above it, which shows where it stopped."""
    if verdict.matched:
        return Content.styled("  ✔", "$text-success")
    too_short = (verdict.stopped_at or 0) >= path.count("/")
    return (
        Content.styled(f"  {how_far(verdict, path)}", "$text-muted") if too_short else Content("")
    )


def _pair(stretch: Stretch) -> tuple[Content, Content]:
    """The two texts of a stretch, one to stand above the other."""
    path, pattern = shown(stretch.path), shown(stretch.pattern)
    cells = max(cell_len(path), cell_len(pattern))
    above, below = column(path, cells), column(pattern, cells)
    if stretch.matched:
        style = "underline $text-success"
        return tuple(  # type: ignore[return-value]
            Content.assemble((text, style), " " * (cells - cell_len(text)))
            for text in (path, pattern)
        )
    stopped, blank = ("✖", "bold $text-error"), " "
    return (
        Content.assemble(stopped if path else blank, (above, "$text-error")),
        Content.assemble(blank if path else stopped, (below, "$text-muted")),
    )


def _said_of(
    numbered: Sequence[tuple[int, ScopeVerdict]], unseen: int, path: str, width: int, room: int
) -> list[Content]:
    """How far the path went in these scopes, a line each, and how many more there are."""
    lines = [_one_scope(number, verdict, path) for number, verdict in numbered[: max(room, 0)]]
    return _with_more(lines, len(numbered) - len(lines) + unseen, width)


def _with_more(lines: list[Content], more: int, width: int) -> list[Content]:
    """Lines in so many cells, the last of which says how many more there are."""
    if lines and more > 0:
        end = Content.styled(f"  +{more} more", "$text-muted")
        last = lines[-1].truncate(width - end.cell_length, ellipsis=True)
        lines = [*lines[:-1], Content.assemble(last, end)]
    return [line.truncate(width, ellipsis=True) for line in lines]


def _one_scope(number: int, verdict: ScopeVerdict, path: str) -> Content:
    text = f"{number} {shown(str(verdict.scope))}  {'✔' if verdict.matched else '✖'} "
    return Content.styled(f"{text}{how_far(verdict, path)}", "$text-muted")


def _wrapped(line: Content, indent: str, width: int) -> list[Content]:
    """A text in lines; those after the first are indented."""
    if line.cell_length <= width:
        return [line]
    first = line.wrap(width)[0]
    begin = len(first.plain)
    begin += len(line.plain[begin:]) - len(line.plain[begin:].lstrip())
    rest = line[begin:].wrap(max(width - len(indent), 1))
    return [first, *(Content.assemble(indent, one) for one in rest)]
