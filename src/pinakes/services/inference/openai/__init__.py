"""OpenAI's embeddings and models, as the stock SDK and the servers that copy it speak them."""
