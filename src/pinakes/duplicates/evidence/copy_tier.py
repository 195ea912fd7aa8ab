"""The copy tier over a library: index what is new, verify its candidates, remember every verdict."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine, select
from sqlalchemy.dialects.sqlite import insert

from pinakes.core.types import ModelIdentity, Refusal, Row, Tier
from pinakes.db.tables import evidence as evidence_rows
from pinakes.duplicates.evidence import copies as judge
from pinakes.duplicates.evidence import features, local_index, vocabulary
from pinakes.duplicates.evidence.local_signature import LocalSignature
from pinakes.duplicates.evidence.pictures import Pictures
from pinakes.duplicates.groups import Pair, ordered
from pinakes.duplicates.scope import reading
from pinakes.duplicates.types import Evidence
from pinakes.images import keypoints, thumbnails

#: What indexes a picture; signatures are made of thumbnails.
SIGNATURE = ModelIdentity("local-signature", vocabulary.REVISION, thumbnails.REVISION, 0)

#: Marks contents that were compared with every other one that was indexed before them.
_COMPARED = ModelIdentity("local-compared", judge.REVISION, SIGNATURE.revision, 0)

#: Names the check, and changes with whatever its verdict depends on.
METHOD = f"{judge.REVISION}+{thumbnails.REVISION}"

#: Pairs verified between two commits: what a kill -9 costs at most.
_BATCH = 128

#: Told what is being done, how much of it is done, and of how much.
_Watch = Callable[[str, int, int], None]


def copies(
    engine: Engine,
    names: Sequence[str],
    pictures: Pictures,
    least: float,
    *,
    workers: int,
    watch: _Watch,
) -> list[Evidence]:
    """Pairs of pictures that were verified to be copies, with a score of at least `least`.

    Contents of `names` that were never compared are compared with everything indexed so far, also
    outside the scope, so that each pair of the library is looked at once. The result holds all pairs known.
    """
    with ThreadPoolExecutor(workers, thread_name_prefix="pinakes-copies") as pool:

        def index(encoded: Sequence[bytes]) -> list[bytes | Refusal]:
            return list(pool.map(_signature, encoded))

        features.ensure(
            engine,
            SIGNATURE,
            names,
            pictures,
            index,
            watch=lambda done, total: watch("Indexing", done, total),
        )
        fresh = features.stored_names(engine, SIGNATURE) - features.stored_names(engine, _COMPARED)
        if fresh:
            pairs = _candidates(engine, fresh, watch)
            _verify(engine, pairs, pictures, pool, watch)
            features.mark(engine, _COMPARED, sorted(fresh))
    return list(_known(engine, least))


def copies_among(
    engine: Engine,
    pairs: Sequence[Pair],
    pictures: Pictures,
    least: float,
    *,
    workers: int,
    watch: _Watch,
) -> list[Evidence]:
    """Of these pairs, the ones verified to be copies; asked for pairs that the index did not propose."""
    with ThreadPoolExecutor(workers, thread_name_prefix="pinakes-copies") as pool:
        _verify(engine, pairs, pictures, pool, watch)
    asked = set(pairs)
    return [found for found in _known(engine, least) if (found.a, found.b) in asked]


def _signature(encoded: bytes) -> bytes:
    found = keypoints.extract(thumbnails.decode(encoded))
    return vocabulary.load().signature(found).to_bytes()


def _candidates(engine: Engine, fresh: set[str], watch: _Watch) -> list[Pair]:
    rows = list(features.load(engine, SIGNATURE))
    watch("Looking for copies", 0, len(fresh))
    found = local_index.candidates(
        [LocalSignature.from_bytes(value) for _, value in rows],
        fresh=[place for place, (name, _) in enumerate(rows) if name in fresh]
        if len(fresh) < len(rows)
        else None,
    )
    return sorted({ordered(rows[candidate.i][0], rows[candidate.j][0]) for candidate in found})


def _verify(
    engine: Engine, pairs: Sequence[Pair], pictures: Pictures, pool: ThreadPoolExecutor, watch: _Watch
) -> None:
    known = _verdicts(engine)
    todo = [pair for pair in pairs if pair not in known]
    album = _Album(pictures)
    for start in range(0, len(todo), _BATCH):
        watch("Verifying copies", start, len(todo))
        rows = [row for row in pool.map(album.judged, todo[start : start + _BATCH]) if row is not None]
        if rows:
            with engine.begin() as connection:
                connection.execute(insert(evidence_rows).on_conflict_do_nothing(), rows)
    watch("Verifying copies", len(todo), len(todo))


class _Album:
    """Pictures ready for verification; the last few are kept, since candidates come sorted."""

    def __init__(self, pictures: Pictures) -> None:
        self._pictures = pictures
        self._ready: dict[str, judge.Picture] = {}

    def judged(self, pair: Pair) -> Row | None:
        """The verdict on a pair as a row, or None where a picture is not to be had."""
        a, b = self._picture(pair[0]), self._picture(pair[1])
        if a is None or b is None:
            return None
        verdict = judge.verify(a, b)
        key = {"a": pair[0], "b": pair[1], "method": METHOD, "tier": Tier.COPY}
        return {**key, "score": round(float(verdict.score), 4), "detail": _shown(verdict)}

    def _picture(self, name: str) -> judge.Picture | None:
        ready = self._ready.get(name)
        if ready is None:
            encoded = self._pictures.thumbnail(name)
            if encoded is None:
                return None
            ready = judge.Picture.of(thumbnails.decode(encoded))
            while len(self._ready) >= 64:
                self._ready.pop(next(iter(self._ready)), None)
            self._ready[name] = ready
        return ready


def _shown(verdict: judge.CopyEvidence) -> dict[str, Any]:
    return {
        "inliers": verdict.inliers,
        "matches": verdict.matches,
        "mirrored": verdict.mirrored,
        "overlap": [round(float(verdict.overlap_a), 3), round(float(verdict.overlap_b), 3)],
        "residual_px": round(float(verdict.residual), 3),
        "correlation": round(float(verdict.correlation), 3),
    }


def _verdicts(engine: Engine) -> set[Pair]:
    query = select(evidence_rows.c.a, evidence_rows.c.b).where(evidence_rows.c.method == METHOD)
    with reading(engine) as connection:
        return {(a, b) for a, b in connection.execute(query)}


def _known(engine: Engine, least: float) -> Iterator[Evidence]:
    query = (
        select(evidence_rows.c.a, evidence_rows.c.b, evidence_rows.c.score, evidence_rows.c.detail)
        .where(evidence_rows.c.method == METHOD, evidence_rows.c.score >= least)
        .order_by(evidence_rows.c.a, evidence_rows.c.b)
    )
    with reading(engine) as connection:
        for a, b, score, detail in connection.execute(query):
            yield Evidence(a, b, Tier.COPY, score, METHOD, detail)
