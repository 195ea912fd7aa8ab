"""Models that turn pictures into embeddings, and the registry that names them."""
