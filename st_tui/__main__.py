"""`python -m st_tui`: the same as `st-tui`."""

import sys

from st_tui.cli import main

sys.exit(main())
