"""One model's side of a comparison: its vectors and itself, never another's."""

from __future__ import annotations

from dataclasses import dataclass

from pinakes.core.errors import ModelUnusable
from pinakes.core.protocols import Embedder
from pinakes.core.types import ModelIdentity
from pinakes.vectors.base import Collection
from pinakes.words.base import WordIndex


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """Implements `searcher.Indexes` with a collection and the model that made it.

    Raises:
        ModelUnusable: the model is another than the collection's, so that nothing could be compared.
    """

    words: WordIndex
    vectors: Collection
    model: Embedder

    def __post_init__(self) -> None:
        kept, asked = self.vectors.identity, self.model.identity
        if kept != asked:
            raise ModelUnusable(
                f"The collection holds embeddings of {kept.key}, and {asked.key} answers.",
                remedy="Have the service load the revision of the collection, or index with the other.",
            )

    def collection(self) -> Collection:
        """The vectors."""
        return self.vectors

    def embedder(self, identity: ModelIdentity) -> Embedder:
        """The model that made them."""
        return self.model
