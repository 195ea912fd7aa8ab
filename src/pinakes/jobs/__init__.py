"""Long work that a person starts and follows: kept in the library, so that it outlives its process."""
