"""What the benchmark of searching is made of: its library, its engines, and one run of one engine."""
