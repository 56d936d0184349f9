"""One module or folder for each command, by its name: `st-tui scope who` is `scope/who.py`."""
