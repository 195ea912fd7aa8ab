"""Pictures brought in over HTTP: received, looked at, put where no name is taken, and then ingested."""
