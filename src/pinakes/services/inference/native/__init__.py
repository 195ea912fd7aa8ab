"""Our own protocol: files, base64, words or pixels in; embeddings, captions and labels out."""
