"""What of a question is compared by likeness: words and pictures as one direction of the model's space."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Engine

from pinakes.core.errors import ImageRefused, InvalidRequest, PinakesError
from pinakes.core.filters import Filter, Match, Not
from pinakes.core.payload import Folders
from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal, Vector
from pinakes.models.built_in import IDENTITY as BUILT_IN
from pinakes.models.registry.registry import DEFAULT
from pinakes.search.answer import Note
from pinakes.search.asking.direction import Direction, direction
from pinakes.search.asking.embedding import NoTextSide, QuestionEmbedder
from pinakes.search.asking.regions import check_region, cut
from pinakes.search.library.pictures import LibraryPicture, by_asset, by_content
from pinakes.search.question import Picture, Question, Region, Term
from pinakes.vectors.base import Collection
from pinakes.vectors.points import point_id

#: Cuts a region out of an encoded picture, perhaps in another process; `regions.cut` here.
Cut = Callable[[bytes, Region, ImageLimits, str], bytes | Refusal]

#: What a model would add, and how it is had.
NO_TEXT_SIDE = Note(
    "words-only",
    "Words were looked up in names, tags, captions and texts; what pictures show was not compared with them, "
    "for the model of this library knows no words.",
    f"Get one that does: `pinakes models pull {DEFAULT}`, `pinakes index build {DEFAULT}`, then "
    f"`pinakes index use {DEFAULT}`.",
)

#: What is missing while nothing is embedded.
NOTHING_EMBEDDED = Note(
    "nothing-embedded",
    "No picture of this library is embedded yet, so none can be compared by what it shows.",
    "Run `pinakes ingest FOLDER`.",
)


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What to compare, or why it cannot be.

    Attributes:
        direction: None where nothing is compared.
        labels: the terms in words, in the order of the direction's.
        in_words: whether every term is words.
        except_for: leaves out the very pictures that the question names.
        notes: what could not be compared, and why.
    """

    direction: Direction | None = None
    labels: tuple[str, ...] = ()
    in_words: bool = False
    except_for: tuple[Filter, ...] = ()
    notes: tuple[Note, ...] = ()


class Comparing:
    """Makes comparisons of questions.

    Args:
        engine: the library, to find pictures that are named.
        embedder: the model.
        limits: on pictures that are read.
        cut: how regions are cut out.
    """

    def __init__(
        self, engine: Engine, embedder: QuestionEmbedder, limits: ImageLimits, *, cut: Cut = cut
    ) -> None:
        self._engine, self._embedder, self._limits, self._cut = engine, embedder, limits, cut

    def comparison(
        self, question: Question, collection: Collection | None, *, folders: Folders
    ) -> Comparison:
        """What to compare with the pictures of a collection.

        Raises:
            NotFound: a picture is named that is not in these folders.
            ImageRefused: a picture does not decode, or its file is gone.
            InvalidRequest: a region is none, or the terms cancel one another out.
            PinakesError: the model is away, and nothing of the question goes without it.
        """
        terms = [term for term in question.terms if not term.literal and (term.words or term.picture)]
        named = {term: self._named(term.picture, folders) for term in terms if term.picture}
        if not terms:
            return Comparison()
        if collection is None:
            return _refused_or_told(NOTHING_EMBEDDED, terms)
        return self._compared(terms, named, collection)

    def _compared(
        self, terms: Sequence[Term], named: dict[Term, LibraryPicture | None], collection: Collection
    ) -> Comparison:
        left_out = tuple(_except_for(term.picture, named[term]) for term in terms if named.get(term))
        pictures = [term for term in terms if term.picture]
        vectors = dict(zip(pictures, self._of_pictures(pictures, named, collection), strict=True))
        spoken, notes = self._of_words([term for term in terms if not term.picture], collection)
        vectors |= spoken
        compared = [term for term in terms if term in vectors]
        if not compared:
            return Comparison(notes=notes)
        return Comparison(
            direction([(term.weight, vectors[term]) for term in compared]),
            tuple(_label(term) for term in compared),
            in_words=not any(term.picture for term in compared),
            except_for=left_out,
            notes=notes,
        )

    def _of_words(
        self, terms: Sequence[Term], collection: Collection
    ) -> tuple[dict[Term, Vector], tuple[Note, ...]]:
        if not terms:
            return {}, ()
        if collection.identity.name == BUILT_IN.name:
            return {}, (NO_TEXT_SIDE,)
        try:
            vectors = self._embedder.words([term.words for term in terms], collection.identity)
        except NoTextSide:
            return {}, (NO_TEXT_SIDE,)
        except PinakesError as error:
            return {}, (_away(error),)
        return dict(zip(terms, vectors, strict=True)), ()

    def _of_pictures(
        self, terms: Sequence[Term], named: dict[Term, LibraryPicture | None], collection: Collection
    ) -> list[Vector]:
        kept = [self._kept(term.picture, named[term], collection) for term in terms]
        encoded = [
            self._encoded(term.picture, named[term])
            for term, vector in zip(terms, kept, strict=True)
            if vector is None
        ]
        asked = iter(self._embedder.pictures(encoded, collection.identity) if encoded else ())
        return [next(asked) if vector is None else vector for vector in kept]

    def _named(self, picture: Picture, folders: Folders) -> LibraryPicture | None:
        if picture.region:
            check_region(picture.region)
        if picture.asset is not None:
            return by_asset(self._engine, picture.asset, folders)
        return None if picture.sha256 is None else by_content(self._engine, picture.sha256, folders)

    def _kept(
        self, picture: Picture | None, named: LibraryPicture | None, collection: Collection
    ) -> Vector | None:
        """The vector that the collection has of a whole picture of the library."""
        if named is None or (picture and picture.region):
            return None
        points = collection.retrieve([point_id(named.sha256, named.asset)])
        return points[0].vector if points else None

    def _encoded(self, picture: Picture | None, named: LibraryPicture | None) -> bytes:
        encoded = named.read(self._limits) if named else picture.encoded if picture else None
        if not encoded:
            raise InvalidRequest("A picture to look like is a file, or one of the library.")
        if picture is None or picture.region is None:
            return encoded
        piece = self._cut(encoded, picture.region, self._limits, named.suffix if named else "")
        if isinstance(piece, Refusal):
            raise ImageRefused(piece.reason, piece.detail)
        return piece


def _except_for(picture: Picture | None, named: LibraryPicture | None) -> Filter:
    """Leaves the very picture out: of an asset that file, of a content all its files."""
    if picture is not None and picture.asset is not None:
        return Not(Match("asset", (picture.asset,)))
    return Not(Match("sha256", (named.sha256 if named else "",)))


def _refused_or_told(note: Note, terms: Sequence[Term]) -> Comparison:
    if any(term.picture for term in terms):
        raise InvalidRequest(note.text, remedy=note.remedy)
    return Comparison(notes=(note,))


def _away(error: PinakesError) -> Note:
    return replace(
        NO_TEXT_SIDE,
        code="model-away",
        text=f"Words were looked up in names, tags, captions and texts only: {error}",
        remedy=error.remedy,
    )


def _label(term: Term) -> str:
    picture = term.picture
    if picture is None:
        return term.words
    whole = (
        f"asset {picture.asset}"
        if picture.asset is not None
        else f"content {picture.sha256[:12]}"
        if picture.sha256
        else "a given picture"
    )
    return f"a region of {whole}" if picture.region else whole
