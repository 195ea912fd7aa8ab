"""How sure is the copy tier: what share of altered copies does it find, and what does it wrongly accept?

Method: the even half of the photos; the numbers of the decision were fitted on the odd half
(`fit_copies.py`). Each original is altered in `--each` of 28 ways, saved as JPEG of quality 60 to 92 and
reduced to 384 pixels as thumbnails are; each is also retaken synthetically in 3 ways (burst, retake, another
sitter). Two measurements:

1. The decision alone: every copy, re-take, form, page, sky and screen against its counterpart.
2. The whole tier: originals, copies and re-takes in one library; the index proposes, the decision accepts. A
   pair of a copy with its original is true; a pair of different photos, or with a re-take, is false. Two
   collages or screens are not judged against one another: they may hold the same third picture.

imagehash and imagededup, where installed, hash the same files, at distance 10 of 64 bits.

Run: python benchmarks/copies_accuracy.py [FOLDER ...] [--each 6]    (about six minutes on one core)
Result (513 photos, --each 4): decision alone, balanced: recall .983, precision .9991, F1 .991; whole tier,
balanced: recall .977, precision .9970, F1 .987 (careful: .967, .9990, .983). Best peer hash at its default:
recall .52 at precision .86. One core: extraction 17 ms, signature 1.2, verification 13 (2.5 where nothing
aligns).
Caveats: the re-takes are synthetic; a burst on a tripod with nothing moving is accepted as a copy.
Negatives are as many as positives, far more than in a real library, so precision there is better than what is
printed here.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path

import numpy as np
from altered_copies import reduced
from copy_pairs import FOLDERS, Pair, altered, loaded, pages, photos, root
from numpy.typing import NDArray

from pinakes.duplicates.evidence import vocabulary
from pinakes.duplicates.evidence.copies import PRESETS, Picture, verify
from pinakes.duplicates.evidence.local_index import candidates
from pinakes.images.keypoints import extract

#: Kinds that hold other pictures besides the altered one.
FILLED = {"collage", "screenshot", "logo", "perspective", "retake", "other_sitter"}


@dataclass
class Tally:
    """Scores by kind, and times by step in seconds."""

    scores: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    copies: dict[str, bool] = field(default_factory=dict)
    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def add(self, pair: Pair) -> None:
        """Verify a pair and keep its score."""
        started = time.perf_counter()
        self.scores[pair.kind].append(verify(pair.a, pair.b).score)
        self.times["verify"].append(time.perf_counter() - started)
        self.copies[pair.kind] = pair.is_copy

    def at(self, threshold: float) -> dict[str, float]:
        """Recall, precision, F1 and false accepts over all kinds."""
        found = sum(s >= threshold for k, v in self.scores.items() if self.copies[k] for s in v)
        total = sum(len(v) for k, v in self.scores.items() if self.copies[k])
        false = sum(s >= threshold for k, v in self.scores.items() if not self.copies[k] for s in v)
        return summary(found, total, false)


def summary(found: int, total: int, false: int) -> dict[str, float]:
    """Recall, precision and F1 from counts."""
    recall, precision = found / max(total, 1), found / max(found + false, 1)
    f1 = 2 * recall * precision / max(recall + precision, 1e-9)
    return {
        "recall": round(recall, 4), "precision": round(precision, 4), "f1": round(f1, 4),
        "found": found, "of": total, "false": false,
    }  # fmt: skip


def strangers(pictures: Sequence[Picture], tally: Tally, pairs: Iterable[tuple[int, int]]) -> None:
    """Verify different photos against one another."""
    for i, j in pairs:
        tally.add(Pair("different photos", False, pictures[i], pictures[j]))


def whole_tier(originals: Sequence[Picture], made: Sequence[Pair], limit: int) -> dict[str, object]:
    """Measurement 2: index, candidates, decision, for one library."""
    library = [*originals, *(pair.b for pair in made)]
    origins = [*range(len(originals)), *(pair.origin for pair in made)]
    retaken = [False] * len(originals) + [not pair.is_copy for pair in made]
    words = vocabulary.load()
    started = time.perf_counter()
    signatures = [words.signature(picture.features) for picture in library]
    signing = (time.perf_counter() - started) / len(library)
    started = time.perf_counter()
    proposed = [(c.i, c.j) for c in candidates(signatures, limit=limit)]
    joining = time.perf_counter() - started
    wanted = {(len(originals) + k, pair.origin) for k, pair in enumerate(made) if pair.is_copy}
    filled = [False] * len(originals) + [pair.kind in FILLED for pair in made]
    false_kind = {
        (i, j)
        for i, j in proposed
        if retaken[i] != retaken[j] or (origins[i] != origins[j] and not (filled[i] and filled[j]))
    }
    judged = {
        p: verify(library[p[0]], library[p[1]]).score for p in sorted(wanted & set(proposed) | false_kind)
    }
    rows = {}
    for name, least in PRESETS.items():
        found = sum(judged[p] >= least for p in wanted & judged.keys())
        rows[name] = summary(found, len(wanted), sum(judged[p] >= least for p in false_kind))
    by_kind = defaultdict(list)
    for number, pair in enumerate(made):
        if pair.is_copy:
            by_kind[pair.kind].append((len(originals) + number, pair.origin) in judged)
    return {
        "pictures": len(library), "candidates": len(proposed), "candidates_false": len(false_kind),
        "candidate_recall": round(len(wanted & judged.keys()) / len(wanted), 4),
        "missed_by": {k: round(1 - float(np.mean(v)), 3) for k, v in by_kind.items() if not all(v)},
        "ms_signature": round(1e3 * signing, 2), "s_join": round(joining, 2), "presets": rows,
    }  # fmt: skip


def peers(originals: Sequence[Picture], made: Sequence[Pair], reach: int = 10) -> dict[str, object]:
    """The hashes of other packages on the same pictures: pairs within `reach` bits of 64."""
    answers: dict[str, object] = {}
    for name, hashed in installed_hashes().items():
        table = np.array([hashed(p.pixels) for p in originals], dtype=np.uint64)
        copies = [(hashed(p.b.pixels), p) for p in made]
        close = {True: 0, False: 0}
        for code, pair in copies:
            close[pair.is_copy] += int(np.bitwise_count(table[pair.origin] ^ code)) <= reach
        apart = sum(int(np.bitwise_count(a ^ b)) <= reach for a, b in combinations(table, 2))
        total = sum(pair.is_copy for pair in made)
        answers[name] = summary(close[True], total, close[False] + apart)
    return answers


def installed_hashes() -> dict[str, Callable[[NDArray[np.uint8]], np.uint64]]:
    """Each peer's hash as a function from pixels to 64 bits; says what is not installed."""
    found: dict[str, Callable[[NDArray[np.uint8]], np.uint64]] = {}
    if find_spec("imagehash"):
        from PIL import Image

        package = import_module("imagehash")
        for name in ("phash", "dhash", "average_hash", "whash"):
            act = getattr(package, name)
            found[f"imagehash.{name}"] = lambda p, act=act: packed(act(Image.fromarray(p)).hash)
    else:
        print("imagehash is not installed here; its hashes are left out.")
    try:
        methods = import_module("imagededup.methods")
    except (ImportError, RuntimeError) as broken:
        print(f"imagededup cannot be imported here ({broken}); its hashes are left out.")
        return found
    for name in ("PHash", "DHash", "AHash", "WHash"):
        act = getattr(methods, name)(verbose=False)
        found[f"imagededup.{name}"] = lambda p, act=act: np.uint64(int(act.encode_image(image_array=p), 16))
    return found


def packed(bits: NDArray[np.bool_]) -> np.uint64:
    """64 bits as one number."""
    return np.uint64(np.packbits(bits.ravel()).view(">u8")[0])


def table(tally: Tally) -> None:
    """Print acceptance by kind and preset."""
    print(f"{'kind':18}{'pairs':>7}" + "".join(f"{name:>10}" for name in PRESETS))
    for kind in sorted(tally.scores, key=lambda k: (not tally.copies[k], k)):
        scores = np.array(tally.scores[kind])
        shares = "".join(f"{(scores >= least).mean():>10.3f}" for least in PRESETS.values())
        print(
            f"{kind:18}{len(scores):>7}{shares}  {'copy' if tally.copies[kind] else 'NOT a copy: accepted'}"
        )


def main() -> None:
    """Measure, print tables and one JSON line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", type=Path, nargs="*")
    parser.add_argument("--each", type=int, default=6)
    arguments = parser.parse_args()
    paths = photos(arguments.folders or [root() / name for name in FOLDERS])
    if len(paths) < 20:
        print("Fewer than 20 photos there; name folders of photos, or set PINAKES_TEST_DATA.")
        return
    originals, fillers = loaded(paths[0::2]), loaded(paths[1::2])
    started = time.perf_counter()
    pictures = [Picture(p, extract(p)) for p in map(reduced, originals)]
    extraction = (time.perf_counter() - started) / len(pictures)
    made = list(altered(originals, fillers, pictures, 2, arguments.each))
    tally = Tally()
    for pair in (*made, *pages(fillers, 2)):
        tally.add(pair)
    rng = np.random.default_rng(2)
    near = candidates([vocabulary.load().signature(p.features) for p in pictures], least_score=0.5)
    chosen = {tuple(sorted(rng.choice(len(pictures), 2, replace=False).tolist())) for _ in range(300)}
    strangers(pictures, tally, sorted({(c.j, c.i) for c in near} | chosen))
    table(tally)
    decision = {name: tally.at(least) for name, least in PRESETS.items()}
    tier = whole_tier(pictures, made, limit=10)
    print(json.dumps({"decision": decision, "tier": tier}), flush=True)
    other = peers(pictures, made)
    milliseconds = {
        "reduce_and_extract": round(1e3 * extraction, 1),
        "verify": round(1e3 * float(np.mean(tally.times["verify"])), 1),
    }
    for title, rows in (("decision alone", decision), ("whole tier", tier["presets"]), ("peers", other)):
        print(f"\n{title}")
        for name, row in dict(rows).items():  # type: ignore[call-overload]
            print(f"  {name:24}" + "  ".join(f"{key} {value}" for key, value in row.items()))
    answer = {"benchmark": "copies_accuracy", "photos": len(paths), "decision": decision, "tier": tier}
    print(json.dumps(answer | {"peers": other, "ms": milliseconds}))


if __name__ == "__main__":
    main()
