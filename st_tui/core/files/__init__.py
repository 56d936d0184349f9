"""A vault's files: where they lie, how they appear whole, and what must never reach a disk."""
