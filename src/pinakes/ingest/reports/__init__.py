"""Reports: everything the library knows of every file, row by row, and summed up for a person."""
