"""Does the line of relevance part what is meant from the rest better than any one cut-off could?

Method: questions whose relevant pictures are known. (1) Vectors of 512 dimensions as a dual encoder gives
them: all lean one way, pictures of a kind lean together, and each question leans by a different amount
towards what all pictures have, so that its scores are shifted and stretched. Kinds have from 5 to 2,000 of
20,000 pictures; a third of the questions are about kinds that are not there. (2) Photographs in folders by
class, each asked for by its own picture, with the built-in descriptor, which is no judge of classes: little
can be found. The line sees no label. Its rivals know every label, and are one cut-off for all questions: the
best there is for mean F1, and of those that are as precise as the line the one that finds most. F1 of a
question about nothing is 1 if at most 1 picture in 1,000 is above, else 0.

Run: python benchmarks/relevance_line.py [FOLDER-OF-CLASSES]
Caveats: real weights cannot be had where this was written; (1) imitates what they are known to do.
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pinakes.core.settings import ImageLimits
from pinakes.search.answering.line import above_line, background, width_of
from pinakes.services.chosen.embedders import built_in_embedder

Floats = NDArray[np.float32]

#: One question: scores of all pictures, and which are relevant.
Asked = tuple[Floats, NDArray[np.bool_]]

#: Pictures of a sample, as searches take it.
SAMPLE = 2000


def unit(rows: NDArray[np.floating]) -> Floats:
    return np.asarray(rows / np.linalg.norm(rows, axis=-1, keepdims=True), np.float32)


def imitated(pictures: int = 20_000, dimensions: int = 512, seed: int = 0) -> list[Asked]:
    """Questions in words about pictures of kinds, and about kinds that are not there."""
    random = np.random.default_rng(seed)
    common, sizes = unit(random.normal(size=dimensions)), np.geomspace(5, 2000, 30).astype(int)
    centres = unit(random.normal(size=(45, dimensions)))
    kinds = np.concatenate([np.repeat(np.arange(30), sizes), np.full(pictures - sizes.sum(), -1)])
    noise = unit(random.normal(size=(pictures, dimensions)))
    leaning = random.uniform(0.3, 0.9, pictures)[:, None]
    shown = np.where(kinds[:, None] >= 0, centres[kinds], 0)
    rows = unit(leaning * common + 0.35 * shown + noise)
    towards = random.uniform(-0.5, 0.8, 45)[:, None]
    words = unit(0.8 * centres + towards * common + 0.6 * unit(random.normal(size=(45, dimensions))))
    return [(rows @ word, kinds == kind) for kind, word in enumerate(words)]


def photographs(folder: Path, most: int = 800) -> list[Asked]:
    """Every tenth photograph asked for among the others."""
    paths = sorted(path for path in folder.rglob("*.jpg"))[:most]
    embedder = built_in_embedder(ImageLimits())
    rows = np.stack([np.asarray(vector) for vector in embedder.embed([path.read_bytes() for path in paths])])
    classes = np.array([path.parent.name for path in paths])
    asked = []
    for place in range(0, len(paths), 10):
        others = np.arange(len(paths)) != place
        asked.append((rows[others] @ rows[place], (classes == classes[place])[others]))
    return asked


def judged(questions: Iterable[tuple[NDArray[np.bool_], NDArray[np.bool_]]]) -> dict[str, float]:
    """Mean F1, and precision and recall where something is relevant."""
    f1, precision, recall = [], [], []
    for above, relevant in questions:
        if not relevant.any():
            f1.append(float(above.mean() <= 0.001))
            continue
        right = (above & relevant).sum()
        precision.append(right / above.sum() if above.any() else 1.0)
        recall.append(right / relevant.sum())
        f1.append(2 * right / (above.sum() + relevant.sum()))
    means = {"f1": np.mean(f1), "precision": np.mean(precision), "recall": np.mean(recall)}
    return {name: round(float(value), 3) for name, value in means.items()}


def by_line(questions: list[Asked], seed: int = 1) -> dict[str, float]:
    """The line, with the width that the questions' own backgrounds give."""
    random = np.random.default_rng(seed)
    samples = [random.choice(scores, min(SAMPLE, len(scores)), replace=False) for scores, _ in questions]
    behind = [background(sample) for sample in samples]
    width = width_of([each for each in behind if each is not None])
    found = []
    for (scores, relevant), each in zip(questions, behind, strict=True):
        order = np.argsort(-scores)
        above = np.zeros(len(scores), bool)
        if each is not None:
            above[order[: above_line(scores[order][:1000], each, len(scores), width=width)]] = True
        found.append((above, relevant))
    return judged(found)


def by_cuts(questions: list[Asked]) -> list[dict[str, float]]:
    """What each of many cut-offs gives for all questions together."""
    cuts = np.quantile(np.concatenate([scores for scores, _ in questions]), 1 - np.geomspace(0.2, 1e-6, 400))
    return [judged((scores >= cut, relevant) for scores, relevant in questions) for cut in cuts]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path)
    folder = parser.parse_args().folder
    sets = {"imitated": imitated()} | ({"photographs": photographs(folder)} if folder else {})
    result = {}
    for name, questions in sets.items():
        line, cuts = by_line(questions), by_cuts(questions)
        best = max(cuts, key=lambda cut: cut["f1"])
        as_precise = [cut for cut in cuts if cut["precision"] >= line["precision"]]
        precise = max(as_precise, key=lambda cut: cut["recall"])
        found = {"line": line, "best cut-off": best, "as precise a cut-off": precise}
        for who, measured in found.items():
            sys.stdout.write(f"{name:<12} {who:<22} {measured}\n")
        ratios = {"f1": line["f1"] / best["f1"], "recall": line["recall"] / max(precise["recall"], 1e-3)}
        rounded = {key: round(value, 2) for key, value in ratios.items()}
        result[name] = {"questions": len(questions), **found, "ratios": rounded}
    sys.stdout.write(json.dumps({"benchmark": "relevance_line", **result}) + "\n")


if __name__ == "__main__":
    main()
