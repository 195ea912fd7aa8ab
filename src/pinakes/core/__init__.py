"""The ground floor: errors, types, protocols, settings, logging and metrics; it imports nothing of ours."""
