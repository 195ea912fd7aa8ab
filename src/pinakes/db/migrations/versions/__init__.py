"""The steps, one file each, oldest first."""
