"""One real request to a running server, and whether it decided as st-tui says."""
