"""What models do, whatever executes them: inputs made ready, and vectors and captions of what comes out."""
