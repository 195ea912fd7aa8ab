"""What HTTP asks of every service: a door with keys, bounds, problems instead of pages, traces."""
