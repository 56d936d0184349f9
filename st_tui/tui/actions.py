"""Each thing a person can do, declared once.

The key binding, the hint in the footer, the line in the help and the entry in the command palette
all come from one `Action`. It also names the CLI command that does the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from textual.binding import Binding, BindingType
from textual.dom import DOMNode
from textual.screen import Screen


class Action(NamedTuple):
    """One thing that a person can do on a screen.

    `name` is the Textual action (`revoke` runs `action_revoke`), `keys` its keys in Textual's
    spelling with commas between. `label` is a word for the footer, `sentence` says what it does,
    `cli` is the command that does the same. `hint` says whether the footer shows it, `shown_key`
    how its key is written there, and `at` for which kind of focused widget alone, by the name of
    its class. `priority` puts its keys before those of the focused widget; its letters never are.
    `own_machine` says that it reaches files or servers of the machine that the app runs on: in a
    browser, where a stranger presses the keys, it is not there.
    """

    name: str
    keys: str
    label: str
    sentence: str
    cli: str = ""
    hint: bool = False
    shown_key: str = ""
    priority: bool = False
    at: str = ""
    own_machine: bool = False

    @property
    def key(self) -> str:
        """The first of its keys, as a person reads it."""
        return self.shown_key or key_label(self.keys.split(",")[0])

    @property
    def every_key(self) -> str:
        """All of its keys, as a person reads them."""
        return " ".join(key_label(key) for key in self.keys.split(","))

    def key_among(self, works: Callable[[str], bool]) -> str:
        """The first of its keys that works, as a person reads it; empty if none does."""
        first, *others = self.keys.split(",")
        if works(first):
            return self.key
        return next((key_label(key) for key in others if works(key)), "")


_CHARACTERS = {
    "slash": "/", "question_mark": "?", "exclamation_mark": "!", "colon": ":", "at": "@",
    "asterisk": "*", "equals_sign": "=", "space": " ",
}  # fmt: skip
"""What is typed with a key whose name is a word."""

_KEY_LABELS = _CHARACTERS | {
    "space": "Space", "enter": "Enter", "escape": "Esc", "tab": "Tab", "shift+tab": "⇧Tab",
    "up": "↑", "down": "↓", "left": "←", "right": "→", "pageup": "PgUp", "pagedown": "PgDn",
    "home": "Home", "end": "End", "delete": "Del",
}  # fmt: skip


def key_label(key: str) -> str:
    """A key as keyboards print it: `^p` for Textual's `ctrl+p`, `?` for `question_mark`."""
    if key in _KEY_LABELS:
        return _KEY_LABELS[key]
    if key.startswith("ctrl+"):
        return f"^{key.removeprefix('ctrl+')}"
    return key.upper() if key.startswith("f") and key[1:].isdigit() else key


def character_of(key: str) -> str | None:
    """What is typed with a key; None if that is no text."""
    return key if len(key) == 1 else _CHARACTERS.get(key)


def bindings(actions: Iterable[Action]) -> list[BindingType]:
    """The Textual bindings of some actions.

    A letter never has priority, or nobody could type it in a field.
    """
    return [
        Binding(
            key,
            action.name,
            action.label,
            show=False,
            tooltip=action.sentence,
            id=action.name,
            priority=action.priority and character_of(key) is None,
        )
        for action in actions
        for key in action.keys.split(",")
    ]


def actions_of(screen: Screen[Any]) -> list[tuple[Action, DOMNode]]:
    """All actions of a screen, each once with the node that does it: the screen's own first."""
    found: dict[str, tuple[Action, DOMNode]] = {}
    in_browser = screen.app.is_web
    focused = [screen.focused] if screen.focused else []
    everywhere = [] if screen.is_modal else [screen.app]
    for holder in (screen, *focused, *screen.query("*"), *everywhere):
        for action in getattr(holder, "ACTIONS", ()):
            if in_browser and action.own_machine:
                continue
            found.setdefault(action.name, (action, holder))
    return list(found.values())


FIELDS = (
    Action("app.focus_next", "tab", "next", "Go to the next field"),
    Action("app.focus_previous", "shift+tab", "back", "Go to the field before"),
)
"""How to go from field to field."""

# With priority: a token that is pasted right after F3 belongs into the dialog that F3 opens.
TRY_IT = Action("try_it", "f3,T", "try it for real",
                "Try it for real: send the request to a running server", priority=True,
                own_machine=True)  # fmt: skip

HELP = Action("help", "question_mark,f1", "help", "Show every key of this screen", hint=True)
PALETTE = Action(
    "command_palette",
    "ctrl+p",
    "find",
    "Find a token, folder, environment, warning or action by its name",
    hint=True,
)
GO_TO_PATH = Action(
    "app.go_to_path", "colon", "go to a path", "Go to a path, such as dev:/common/db"
)
BACK = Action("leave", "escape,q,f10", "back", "Go back to the list", hint=True)

LINKED = Action("go_back", "escape", "back", "Go back to where you came from", hint=True)
"""What Escape does on a page that stands over another screen."""

COMMAND_LOG = Action("command_log", "at", "command log",
                     "Show what was done, as the commands that do the same")  # fmt: skip

EVERYWHERE = (
    HELP,
    PALETTE,
    GO_TO_PATH,
    COMMAND_LOG,
    Action("show_page('tokens')", "1", "tokens", "Go to the service tokens",
           "service-token list"),
    Action("show_page('folders')", "2", "folders", "Go to folders and secrets",
           "folders list"),
    Action("show_page('audit')", "3", "audit log", "Go to the audit log", "audit list"),
    Action("switch_project", "p", "project", "Switch to another project", "project list"),
    Action("switch_theme", "f9,D", "theme",
           "Next theme: dark, light, high contrast, the terminal's own"),
    Action("toggle_e2ee", "f7,E", "E2EE", "Turn end-to-end encryption of the project on or off",
           "e2ee on|off"),
    *FIELDS,
    Action("app.suspend_process", "ctrl+z", "suspend",
           "Go to the shell for a while; fg comes back"),
    Action("redraw", "ctrl+l", "redraw", "Draw the screen again"),
    Action("quit", "q,ctrl+q", "quit", "Leave st-tui", hint=True),
)  # fmt: skip
"""What works on every page. All other actions are declared beside their screen or widget."""

MOVING = (
    Action("cursor_up", "up,k", "up", "Go one line up"),
    Action("cursor_down", "down,j", "down", "Go one line down"),
    Action("page_up", "pageup,ctrl+u", "page up", "Go one page up"),
    Action("page_down", "pagedown,ctrl+d", "page down", "Go one page down"),
    Action("first", "home,g", "first", "Go to the first line"),
    Action("last", "end,G", "last", "Go to the last line"),
)
"""How to move in a list."""

LEAVING = (
    Action("leave", "escape,f10", "close", "Close this and go back", hint=True, priority=True),
)
"""How a screen is left. F10 does it at once; over SSH, Escape waits for what may follow it."""
