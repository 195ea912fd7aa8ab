"""The Open Inference Protocol v2, as Triton and KServe speak it: REST with binary tensors, and gRPC."""
