"""A ready project made of the documentation's own examples, and the tour through it."""

from st_tui.demo.making import NAME, SLUG, DirectoryTaken, is_demo, make

__all__ = ["NAME", "SLUG", "DirectoryTaken", "is_demo", "make"]
