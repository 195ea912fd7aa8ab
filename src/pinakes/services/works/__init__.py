"""What the jobs of each kind do, from what was asked alone."""
