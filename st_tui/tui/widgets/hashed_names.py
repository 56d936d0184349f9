"""The names of secrets in the audit log, which has keyed hashes of them only."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

from textual.dom import DOMNode

from st_tui.core.errors import Refusal
from st_tui.core.model import AuditEntry
from st_tui.tui.host import Host
from st_tui.tui.latest_wins import LatestWins

_HASHED_NAME = re.compile(r'"secretKey":"([0-9a-f]{64})"')
_DIGITS = 8


class SecretNames:
    """Looks the names up behind the screen. `changed` is called whenever some were found.

    Until then, and if a secret is gone, the first digits of the hash stand for it.
    """

    def __init__(self, screen: DOMNode, host: Host, changed: Callable[[], None]) -> None:
        self._host = host
        self._changed = changed
        self._known: dict[str, str] = {}
        self._wanted: set[str] = set()
        self._looking = LatestWins(screen, self._look_up)

    def of(self, entry: AuditEntry) -> str:
        """The name of the secret that an entry is about; empty if it is about none."""
        hashed = _HASHED_NAME.search(entry.details)
        if hashed is None:
            return ""
        if hashed[1] not in self._known:
            self._wanted.add(hashed[1])
            self._looking.request()
        return self._known.get(hashed[1], _stand_in(hashed[1]))

    def details(self, entry: AuditEntry) -> str:
        """The details of an entry, with the name in place of the hash."""
        named = f'"secretKey":{json.dumps(self.of(entry), ensure_ascii=False)}'
        return _HASHED_NAME.sub(lambda _: named, entry.details)

    def forget_the_gone(self) -> None:
        """Look up again what had no name: it may have one now."""
        self._known = {key: name for key, name in self._known.items() if name != _stand_in(key)}

    async def _look_up(self) -> None:
        project, wanted = self._host.project, self._wanted
        if project is None or not wanted:
            return
        self._wanted = set()
        try:
            found = await self._host.read_apart(lambda v: v.secrets.names_by_hash(project, wanted))
        except Refusal:
            found = {}  # the log can be read without the operator's key
        for name_hash in wanted:
            self._known[name_hash] = found.get(name_hash, _stand_in(name_hash))
        if found:
            self._changed()


def _stand_in(name_hash: str) -> str:
    return f"{name_hash[:_DIGITS]}…"
