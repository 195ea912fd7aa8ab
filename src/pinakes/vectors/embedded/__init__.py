"""Vectors in Qdrant Edge: the engine of the Qdrant server inside this process, in a directory of its own."""
