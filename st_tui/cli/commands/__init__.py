"""A module for each command, under the name that is typed: `st-tui check` stands in `check`."""
