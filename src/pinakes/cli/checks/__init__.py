"""What `pinakes doctor` exercises: a file for each part, a function for each line it prints."""
