"""A vault's files and keys, files that appear whole or not at all, and no core dumps."""
