"""What other servers speak: one file per dialect, each without any input or output of its own."""
