"""All about one token, as lines: facts, scopes, warnings, uses, and the newest log entries."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from textual.content import Content

from st_tui.core.expiry import in_both_times, in_local_time, remaining, span
from st_tui.core.lint import Fix, FolderPaths, LintWarning
from st_tui.core.model import AuditEntry, Scope, ServiceToken
from st_tui.core.patterns import pattern_or_none
from st_tui.core.plain_text import shown
from st_tui.core.wording import access_letters, counted, times
from st_tui.tui.widgets.audit_list import MARKS
from st_tui.tui.widgets.bar_chart import bar_chart
from st_tui.tui.widgets.cells import column, cut
from st_tui.tui.widgets.warning_list import fix_in_words

if TYPE_CHECKING:
    from st_tui.core.vault.lineage import Lineage, Relative
    from st_tui.core.vault.token_usage import FolderUse, TokenUsage

_LABEL = 13
_MOST_FOLDERS = 8
_WIDE = 66
"""Cells from which on names of events are not cut."""
_STYLES: Final = {"good": "$text-success", "bad": "$text-error"}


def heading(text: str, *rest: tuple[str, str]) -> Content:
    """A heading, perhaps with more behind it."""
    return Content.assemble((text, "bold $text-primary"), *rest)


def facts(token: ServiceToken, related: Lineage | None, now: int) -> Iterator[Content]:
    """What the token is, and what it replaced or was replaced by."""
    end = token.expires_at
    used = "not yet"
    if token.last_used is not None:
        ago = _ago(now - token.last_used)
        used = f"{in_local_time(token.last_used)}, {ago}"
    yield _fact("Id", token.id)
    yield _fact("Access", f"{' and '.join(sorted(token.permissions))}  V{token.version}")
    until = "never" if end is None else f"{in_both_times(end)}, in {remaining(end, now)}"
    yield _fact("Expires", until)
    yield _fact("Made", in_both_times(token.created_at))
    yield _fact("Last used", used)
    yield _fact("Used", times(token.use_count))
    if token.version == 3:
        yield _fact("Active", "yes" if token.is_active else "no: press a to activate")
        yield _fact("Trusted IPs", " ".join(block.text for block in token.trusted_ips or ()))
    if related is not None and related.predecessor is not None:
        yield _relative("Replaces", related.predecessor, "<")
    successors = related.successors if related is not None else ()
    for after in successors:
        yield _relative("Replaced by", after, ">" if after is successors[-1] else "")


def scopes(
    token: ServiceToken, folders: FolderPaths | None, used: Sequence[FolderUse] | None, width: int
) -> Iterator[Content]:
    """Each scope, how many folders it opens, and how many of them were used."""
    room = max(min(width - 38, 48), 16)
    for number, scope in enumerate(token.scopes, start=1):
        opened = folders.opened(scope) if folders is not None else None
        if folders is None:
            reach = ("", "")
        elif opened is None:
            reach = ("✖ grants nothing: see below", "$text-error")
        else:
            of = counted(len(folders[scope.environment]), "folder")
            reach = (f"opens {opened} of {of}{_used_of(scope, used)}", "$text-muted")
        yield Content.assemble(
            (f"{number:>2} ", "$text-muted"), column(str(scope), room), "  ", reach
        )


def warnings(found: Sequence[LintWarning], fixes: Sequence[Fix]) -> Iterator[Content]:
    """The warnings, and what `f` does."""
    for warning in found:
        yield Content.styled(f" ! {shown(warning.text)}", "$text-warning")
    if fixes:
        words = fix_in_words(fixes[0])
        others = f", or {counted(len(fixes) - 1, 'other fix', 'other fixes')}" if fixes[1:] else ""
        yield Content.assemble((" f ", "bold $text-primary"), f"{words}{others}")


def usage(
    found: TokenUsage, opened: int, now: int, width: int, *, ascii_only: bool
) -> Iterator[Content]:
    """How often the token was used on each of its last days, and in which folders."""
    allowed, denied = (sum(counts) for counts in zip(*found.days, strict=True))
    most = max(day.allowed for day in found.days)
    yield heading("Used", (f"  on the last {len(found.days)} days, up to today", "$text-muted"))
    chart = bar_chart([day.allowed for day in found.days], ascii_only=ascii_only)
    bars = Content.assemble("   ", (chart, "$text-primary"))
    counts = Content.assemble(
        f"{allowed} allowed, {most} a day at most" if allowed else "not at all",
        (f"   ✖ {denied} denied", "$text-error") if denied else "",
    )
    between = "  " if bars.cell_length + counts.cell_length + 2 <= width else "\n   "
    yield Content.assemble(bars, between, counts)
    if found.folders:
        yield Content("")
        inside = f"  {len(found.folders)} used; its scopes open {opened}"
        yield heading("Folders", (inside, "$text-muted"))
    yield from _folders(found.folders, now, width)


def log_lines(
    entries: Sequence[AuditEntry], names: Mapping[str, str], token: ServiceToken, width: int
) -> Iterator[Content]:
    """The newest entries that the token made, or that are about it."""
    event = 22 if width >= _WIDE else 15
    yield heading("Audit log", ("   h", "bold $text-primary"), (" all of it", "$text-muted"))
    for entry in entries:
        mark, style = MARKS.get(entry.verdict or "", ("  ", ""))
        place = f"{entry.environment}:{entry.path or ''}" if entry.environment else ""
        who = "" if entry.actor == token.id else f"by {names.get(entry.actor, entry.actor)}"
        why = f"  {entry.reason}" if entry.verdict == "denied" and entry.reason else ""
        yield Content.assemble(
            (f"   {in_local_time(entry.time)[5:16]}  ", "$text-muted"),
            (mark, _STYLES.get(style, "")),
            column(column(entry.event, event - 1), event),
            (cut(place or who, max(width - 19 - event - len(why), 8)), "$text-muted"),
            (shown(why), "$text-error"),
        )


def _fact(label: str, value: str) -> Content:
    return Content.assemble((f"{label:<{_LABEL}}", "$text-muted"), shown(value))


def _ago(milliseconds: int) -> str:
    """How long ago, in one unit: `13 h ago`."""
    return f"{' '.join(span(milliseconds).split()[:2])} ago"


def _relative(how: str, relative: Relative, key: str) -> Content:
    return Content.assemble(
        (f"{how:<{_LABEL}}", "$text-muted"),
        shown(f"{relative.name}, {relative.state(in_local_time)}"),
        (f"   {key}", "bold $text-primary") if key else "",
        (" opens it" if relative.token is not None else " its log", "$text-muted") if key else "",
    )


def _used_of(scope: Scope, used: Sequence[FolderUse] | None) -> str:
    pattern = pattern_or_none(scope.secret_path)
    if used is None or pattern is None:
        return ""
    inside = [
        folder
        for folder in used
        if folder.environment == scope.environment and pattern.matches(folder.path)
    ]
    return f", {len(inside)} used"


def _folders(used: Sequence[FolderUse], now: int, width: int) -> Iterator[Content]:
    room = max(min(width - 34, 48), 16)
    for folder in used[:_MOST_FOLDERS]:
        yield Content.assemble(
            "   ",
            column(f"{folder.environment}:{folder.path}", room),
            f"  {access_letters(folder.operations)}",
            (f"  {times(folder.times):>11}", "$text-muted"),
            (f"  {_ago(now - folder.last)}", "$text-muted"),
        )
    if len(used) > _MOST_FOLDERS:
        more = counted(len(used) - _MOST_FOLDERS, "more folder")
        yield Content.styled(f"   and {more}", "$text-muted")
