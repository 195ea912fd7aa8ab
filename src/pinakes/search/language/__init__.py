"""The language of the search box: a line of text, what it asks, how it is written, and help with it."""
