"""Getting models from a hub: bounded, resumed, checked."""
