"""One small program for each server we are compared with: the same model and work, its best batching."""
