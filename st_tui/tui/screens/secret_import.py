"""Writes many secrets at once: those of a file, or of a paste."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from st_tui.core.model import Project
from st_tui.core.secrets.files import FileSecret
from st_tui.core.secrets.model import Place
from st_tui.core.wording import counted
from st_tui.tui.command_line import in_folder
from st_tui.tui.host import Host

_NAMED, _CELLS = 8, 30
"""Names in the question, and cells of each: of a paste, nobody has seen the names before."""


async def import_secrets(
    host: Host,
    project: Project,
    place: Place,
    stated: Sequence[FileSecret],
    *,
    source: str = "-",
    complain: Callable[[str], None] | None = None,
) -> bool:
    """Write all of these secrets or none, after a question; whether they were written.

    `source` is the file that they come from, or `-` for a paste.
    """
    from st_tui.tui.screens.dialog import Confirm
    from st_tui.tui.widgets.cells import cut

    listed = await host.change(
        "Reading", lambda vault: vault.secrets.listed(project, place), complain=complain
    )
    if listed is None:
        return False
    there = len({row.name for row in listed.secrets} & {secret.name for secret in stated})
    commented = sum(bool(secret.comment) for secret in stated)
    comments = f" and {counted(commented, 'comment')}" if commented else ""
    names = [cut(secret.name, _CELLS) for secret in stated[:_NAMED]]
    more = f" and {len(stated) - _NAMED} more" if len(stated) > _NAMED else ""
    question = Confirm(
        f"Write {counted(len(stated), 'secret')}{comments} into {place}?",
        f"{', '.join(names)}{more}\n\n"
        f"New there: {len(stated) - there}. There already: {there}: those whose value or comment "
        "differs get a new version, and one that comes without a comment keeps its own.",
        verb="write",
    )
    if not await host.ask(question):
        return False
    done = await host.change(
        "Writing",
        lambda vault: vault.secrets.load(project, place, stated),
        complain=complain,
        command=("secrets", "import", source, *in_folder(place)),
    )
    if done is None:
        return False
    same = len(stated) - done.created - done.updated
    host.notify(f"{done.created} made, {done.updated} changed, {same} equal already.")
    return True
