"""Files that hold secrets: read by `read`, written by `write`."""

from __future__ import annotations

import re

from st_tui.core.errors import Refusal

# Where a value has no quotes, python-dotenv's time grows with the square of such a run.
WIDE_GAP = re.compile(r"[^\S\r\n]{200}")


class SecretFileError(Refusal):
    """A file that cannot be read as secrets, or secrets that a file cannot hold."""
