"""What the library's own tables say to a question: its pictures, its folders, its values, what was asked."""
