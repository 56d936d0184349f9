"""A field for the path of a folder, completed from the folders that exist."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.message import Message
from textual.suggester import Suggester

from st_tui.tui.actions import Action, bindings
from st_tui.tui.widgets.field import Field

# `dev:/a`; or `/dev:/a`, where the first slash stood in the field already. No path has a colon.
_ENVIRONMENT = re.compile(r"\s*(?:([^\s/:]+):|/([^\s/:]+):(?=/))")


class PathField(Field):
    """A path that Tab completes. An environment typed before it is cut off, and told."""

    ACTIONS: ClassVar[tuple[Action, ...]] = (
        Action("complete", "tab", "complete", "Take the completion behind the cursor, if any"),
    )
    BINDINGS: ClassVar[list[BindingType]] = bindings(ACTIONS)

    class Elsewhere(Message):
        """An environment was typed before the path, as in `prod:/common`."""

        def __init__(self, environment: str) -> None:
            self.environment = environment
            super().__init__()

    def __init__(
        self,
        value: str = "",
        *,
        placeholder: str = "",
        with_patterns: bool = False,
        id: str | None = None,  # noqa: A002
    ) -> None:
        """`with_patterns` completes `/common/` to `/common/**` where no folder lies in it."""
        self._completions = _Completions(with_patterns=with_patterns)
        self._environments: Collection[str] = ()
        super().__init__(value, placeholder=placeholder, suggester=self._completions, id=id)

    def offer(self, paths: Sequence[str], environments: Collection[str]) -> None:
        """Complete from these paths; these environments may be typed before one."""
        self._completions.paths = dict.fromkeys(paths)
        self._environments = environments

    @property
    def completion(self) -> str | None:
        """What Tab completes the path to, if anything. What is drawn may lag behind the keys."""
        return self._completions.of(self.value)

    def replace(self, text: str, start: int, end: int) -> None:
        """Replace text, as every key and paste does, and cut off an environment before the path.

        Where only the first slash stands, a path that is typed whole has no second one.
        """
        if self.value == "/" and start == end == 1 and text.startswith("/"):
            start = 0
        super().replace(text, start, end)
        self.cut_environment()

    def cut_environment(self) -> None:
        """Cut off an environment before the path, if it is one of those that may be typed."""
        found = _ENVIRONMENT.match(self.value)
        if found and found[found.lastindex or 0] in self._environments:
            position = self.cursor_position - found.end()
            self.value = self.value[found.end() :]
            self.cursor_position = max(position, 0)
            self.post_message(self.Elsewhere(found[found.lastindex or 0]))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "complete":  # if there is none, Tab goes to the next field
            return self.completion is not None
        return super().check_action(action, parameters)

    def action_complete(self) -> None:
        self.value = self.completion or self.value
        self.cursor_position = len(self.value)


class _Completions(Suggester):
    """What a path is completed to. The path of a folder is complete already."""

    def __init__(self, *, with_patterns: bool) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self.paths: Collection[str] = ()
        self._with_patterns = with_patterns

    def of(self, value: str) -> str | None:
        """The first path that begins with this."""
        if not value or value in self.paths:
            return None
        found = next((path for path in self.paths if path.startswith(value)), None)
        if found is None and self._with_patterns and value[-1] == "/" and value[:-1] in self.paths:
            return f"{value}**"
        return found

    async def get_suggestion(self, value: str) -> str | None:
        return self.of(value)
