"""Full-text search over what pictures are called and what is said of them."""
