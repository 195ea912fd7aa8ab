"""Models as people see them: what there is, what it takes, getting, loading, measuring and removing them."""
