"""The map of the embedding space, and the game on it, over HTTP."""
