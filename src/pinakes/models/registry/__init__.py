"""The models that are known by name, and what they may be called."""
