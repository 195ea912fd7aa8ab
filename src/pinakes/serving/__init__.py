"""The inference engine: admission, decoding and embedding, without any HTTP."""
