"""Where bytes that are derived from pictures are kept."""
