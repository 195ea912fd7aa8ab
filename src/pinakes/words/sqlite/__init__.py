"""Words in a file of SQLite's full-text index, FTS5: nothing to install, one writer, many readers."""
