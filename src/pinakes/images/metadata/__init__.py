"""What a file and the sidecar beside it say about a picture, each value with the tag it came from."""

from pinakes.images.metadata.reading import REVISION, Metadata, read

__all__ = ["REVISION", "Metadata", "read"]
