"""From a question to an answer: the query language, meaning and words, and how their ranks are joined."""
