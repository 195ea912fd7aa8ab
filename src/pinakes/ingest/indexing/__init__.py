"""Bringing what the library holds to where it can be found: embeddings, captions, words, two indexes."""
