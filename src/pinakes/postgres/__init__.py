"""What every room that keeps something in PostgreSQL shares: connections, filters as SQL, payload columns."""
