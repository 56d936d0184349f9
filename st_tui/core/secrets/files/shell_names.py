"""Names that every shell accepts for a variable, and variables that a program sets itself."""

from __future__ import annotations

import re

_POSIX_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEPT = {
    "bash": (
        "BASHOPTS BASHPID BASH_ARGC BASH_ARGV BASH_COMMAND BASH_LINENO BASH_MONOSECONDS "
        "BASH_SOURCE BASH_SUBSHELL BASH_TRAPSIG BASH_VERSINFO DIRSTACK EPOCHREALTIME EPOCHSECONDS "
        "EUID FUNCNAME GROUPS HISTCMD LINENO OPTIND PIPESTATUS PPID RANDOM SECONDS SHELLOPTS "
        "SRANDOM UID _"
    ),
    "zsh": (
        "ARGC COLUMNS EGID ERRNO EUID FUNCNEST GID HISTCHARS HISTCMD HISTSIZE KEYBOARD_HACK "
        "KEYTIMEOUT LINENO LINES LISTMAX MAILCHECK OPTIND PPID RANDOM SAVEHIST SECONDS SHLVL "
        "TRY_BLOCK_ERROR TRY_BLOCK_INTERRUPT TTYIDLE UID USERNAME ZSH_EVAL_CONTEXT ZSH_SUBSHELL _ "
        "aliases argv builtins cdpath commands dirstack dis_aliases dis_builtins dis_functions "
        "dis_functions_source dis_galiases dis_patchars dis_reswords dis_saliases fignore fpath "
        "funcfiletrace funcsourcetrace funcstack functions functions_source functrace galiases "
        "histchars history historywords jobdirs jobstates jobtexts keymaps mailpath manpath "
        "module_path modules nameddirs options parameters patchars path pipestatus psvar reswords "
        "saliases signals status termcap terminfo userdirs usergroups watch widgets "
        "zsh_eval_context zsh_scheduled_events"
    ),
    "dash": "OPTIND",
    "npm dotenv": "__proto__",
}
"""By program, the variables that do not take the value from a file.

A shell sets them itself, allows only numbers in them, or stops reading the file there. In
JavaScript `__proto__` is not an ordinary key of an object.
"""


def is_posix(name: str) -> bool:
    """Whether every shell accepts the text as the name of a variable."""
    return _POSIX_NAME.fullmatch(name) is not None


def kept_by(reader: str, name: str) -> bool:
    """Whether a variable of this name keeps the program's own value when a file sets it."""
    return name in _KEPT.get(reader, "").split()
