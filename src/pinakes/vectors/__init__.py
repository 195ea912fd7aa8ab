"""Where embeddings are kept and searched: one seam, and a driver for every size of library."""
