"""The search service that several backends share."""
