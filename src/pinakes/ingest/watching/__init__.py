"""Watching folders: what changed in them, left to come to rest, and never a drive mistaken for a deletion."""
