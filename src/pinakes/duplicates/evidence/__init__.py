"""What says that two pictures are the same: hashes, pixels, verified copies, similar shots."""
