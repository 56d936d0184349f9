"""What is to be known of all tokens of a project, worked out little by little in little memory.

An overview keeps ids and numbers, never the tokens: these are read again for the few lines that
somebody looks at. Each of its methods works for about `SLICE` seconds at most, but a question with
a pattern; so whoever asks can say how far it is, and stop, between two calls. The methods get a
`Desk`: the vault, which may be another connection at every call, and `go_on`.
"""

from st_tui.core.vault.overviews.desk import Desk, Progress, Superseded
from st_tui.core.vault.overviews.promises import PromiseRow, PromisesOverview, Proved
from st_tui.core.vault.overviews.reach import Question, Reached, ReachOverview
from st_tui.core.vault.overviews.warnings import TokenWarning, WarningsOverview

__all__ = [
    "Desk",
    "Progress",
    "PromiseRow",
    "PromisesOverview",
    "Proved",
    "Question",
    "ReachOverview",
    "Reached",
    "Superseded",
    "TokenWarning",
    "WarningsOverview",
]
