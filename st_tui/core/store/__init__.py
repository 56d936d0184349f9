"""The only SQL: the schema, and queries over one plain sqlite3 connection."""
