"""Vectors on a Qdrant server or cluster, spoken to by its own client."""
