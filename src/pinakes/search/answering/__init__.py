"""How a question is answered: two rankings joined, a line where relevance ends, a reason for each hit."""
