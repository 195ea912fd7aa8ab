"""What executes weights: onnxruntime, and transformers on torch by an extra."""
