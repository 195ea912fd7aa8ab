"""What a question asks: within bounds, words to look up, and one direction to compare."""
