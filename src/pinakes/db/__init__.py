"""The tables of the library and how a session on them is opened."""
