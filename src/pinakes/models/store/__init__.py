"""Models on this machine: taken in whole, kept, opened."""
