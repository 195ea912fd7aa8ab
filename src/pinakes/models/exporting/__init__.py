"""Graphs of our own: ONNX copies of models in safetensors, and variants in eight bits."""
