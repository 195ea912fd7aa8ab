"""What the serving benchmarks share: models, pictures, servers, their wires, and load."""
