"""Vectors in PostgreSQL with the pgvector extension, for where a PostgreSQL is there already."""
