"""The engine room of the search service that several backends share; no HTTP."""
