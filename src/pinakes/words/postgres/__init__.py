"""Words in PostgreSQL's full-text search, for where a PostgreSQL is there already."""
