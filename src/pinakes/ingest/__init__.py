"""Walking folders and taking what they hold into the library."""
