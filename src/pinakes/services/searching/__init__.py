"""Searching a library over HTTP: questions in, hits with their reasons out."""
