"""Bytes to pixels and what can be read off them; pure functions, no state."""
