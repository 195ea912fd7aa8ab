"""What the shared search is asked: the images of granted folders that are most like words or a picture."""

from __future__ import annotations

from collections.abc import Sequence

from pinakes.core.errors import ImageRefused, InvalidRequest, NotFound
from pinakes.core.protocols import Embedder, TextEmbedder
from pinakes.core.types import Refusal, Vector
from pinakes.models.registry.registry import DEFAULT
from pinakes.search.shared.image_root import ImageRoot, OutsideRoot
from pinakes.search.shared.register import Register
from pinakes.search.shared.shelf import Shelf
from pinakes.search.shared.types import FoundImage, Like, SharedAnswer, SharedQuestion
from pinakes.words.base import WordIndex

#: How hits were found: by what the model sees in them, or by the names of their files.
BY_MODEL, BY_NAME = "embedding", "file-name"

#: What is asked of a model to learn whether it knows words at all.
PROBE = "a picture"


class SharedSearcher:
    """Answers questions; a permission is part of each query, as the tenants that it may see."""

    def __init__(
        self, register: Register, shelf: Shelf, words: WordIndex, root: ImageRoot, embedder: Embedder
    ) -> None:
        self._register, self._shelf, self._words, self._root = register, shelf, words, root
        self._embedder = embedder
        self._text = _text_side(embedder)
        # Writes go to the model in use alone, so that what earlier ones hold only becomes less.
        self._earlier = [name for name in register.collections() if name != shelf.name]

    def search(self, question: SharedQuestion) -> SharedAnswer:
        """The most alike of the folders whose index belongs to the owner that the caller names.

        Raises:
            ImageRefused: the picture asked for is none.
            NotFound: the image asked for is not in the granted folders, or was not embedded.
            InvalidRequest: the path asked for is none below the image root.
            ServiceUnavailable, ProtocolViolation: as `Embedder.embed`.
        """
        tenants = self._register.tenants(question.caller, question.owners)
        missing = tuple(folder for folder in question.owners if folder not in tenants)
        by_name = bool(question.like.words) and self._text is None
        scored = self._named(question, tenants) if by_name else self._alike(question, tenants)
        return SharedAnswer(
            hits=self._found(scored, question, tenants),
            missing=missing,
            model=self._shelf.identity.key,
            matched=BY_NAME if by_name else BY_MODEL,
            notes=tuple(self._notes(list(tenants.values()), by_name=by_name)),
        )

    def _alike(self, question: SharedQuestion, tenants: dict[int, int]) -> list[tuple[int, float]]:
        if not tenants:
            return []
        like, but = question.like, None
        if like.image is not None:
            but, vector = self._known(like.image, tenants)
        else:
            vector = self._vector(like)
        hits = self._shelf.nearest(vector, frozenset(tenants.values()), limit=question.limit, but=but)
        return [(int(str(hit.payload["asset"])), hit.score) for hit in hits]

    def _named(self, question: SharedQuestion, tenants: dict[int, int]) -> list[tuple[int, float]]:
        if not tenants:
            return []
        folders = frozenset(tenants.values())
        hits = self._words.query(question.like.words.split(), limit=question.limit, folders=folders)
        return [(hit.asset, hit.score) for hit in hits]

    def _vector(self, like: Like) -> Vector:
        if like.words and self._text is not None:
            return _one(self._text.embed_texts([like.words]))
        encoded = like.encoded if like.path is None else self._read(like.path)
        return _one(self._embedder.embed([encoded or b""]))

    def _read(self, path: str) -> bytes:
        try:
            read = self._root.read(path)
        except OutsideRoot:
            raise InvalidRequest("The path leads out of the image root.") from None
        if isinstance(read, Refusal):
            raise InvalidRequest(f"The picture asked for cannot be read. {read.detail}")
        return read

    def _known(self, image: int, tenants: dict[int, int]) -> tuple[int, Vector]:
        """The id and vector of an image of the granted folders, of the first that has it."""
        there = self._register.holding(list(tenants.values()), image)
        for tenant in filter(there.__contains__, tenants.values()):
            vector = self._shelf.vector_of(there[tenant])
            if vector is not None:
                return there[tenant], vector
        raise NotFound(f"No image {image} that the present model embedded is in these folders.")

    def _found(
        self, scored: Sequence[tuple[int, float]], question: SharedQuestion, tenants: dict[int, int]
    ) -> tuple[FoundImage, ...]:
        folders = {tenant: folder for folder, tenant in tenants.items()}
        places = self._register.places_of([image for image, _ in scored])
        found = []
        for image, score in scored:
            # An image that was deleted since the query has no place any more.
            tenant, number = places.get(image, (None, 0))
            if tenant in folders:
                folder = folders[tenant]
                found.append(FoundImage(number, folder, question.owners[folder], score))
        return tuple(found)

    def _notes(self, tenants: Sequence[int], *, by_name: bool) -> list[str]:
        notes = []
        if by_name:
            notes.append(
                f"The model {self._shelf.identity.name} knows no words, so the names of files were searched. "
                f"With a model that does, words find what pictures show: `pinakes models pull {DEFAULT}`."
            )
        outdated = self._register.count(tenants, self._earlier) if self._earlier else 0
        if outdated:
            notes.append(
                f"{outdated:,} images of these folders were embedded by another model and are not found "
                "by what they show; POST /reindex embeds them again."
            )
        return notes


def _text_side(embedder: Embedder) -> TextEmbedder | None:
    if not isinstance(embedder, TextEmbedder):
        return None
    try:
        embedder.embed_texts([PROBE])
    except InvalidRequest:
        return None
    return embedder


def _one(outcomes: Sequence[Vector | Refusal]) -> Vector:
    (outcome,) = outcomes
    if isinstance(outcome, Refusal):
        raise ImageRefused(outcome.reason, outcome.detail)
    return outcome
