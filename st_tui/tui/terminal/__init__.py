"""The terminal the app runs in: what it can show, what is sent to it, and what it sends."""
