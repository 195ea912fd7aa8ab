"""The processes that answer over HTTP; each has one main that builds its parts."""
