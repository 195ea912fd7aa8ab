"""The stateless inference service: pictures in, embeddings out, over HTTP."""
