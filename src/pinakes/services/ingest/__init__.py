"""The ingestion service: a directory is named, and its pictures are found from then on."""
