"""The command line; it names services by import string and loads them only when asked."""
