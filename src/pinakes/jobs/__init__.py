"""Long work that people follow: kept in the database, run one after the other, resumed after a kill."""
