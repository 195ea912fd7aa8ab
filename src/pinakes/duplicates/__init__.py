"""Evidence that pictures are the same, groups made of it, and the acts that resolve them."""
