"""The pages that people look at, as they were built from `web/`, served under a strict policy."""
