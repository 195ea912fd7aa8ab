"""Pictures of the embedding space: a place on a plane for every asset, near those that it resembles."""
