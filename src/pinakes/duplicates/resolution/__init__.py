"""Acting on groups and taking it back: plan, journal, trash, undo, recovery."""
