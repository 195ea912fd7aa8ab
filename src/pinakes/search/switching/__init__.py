"""Two models side by side: build the other's index, compare the answers, cut over and back."""
