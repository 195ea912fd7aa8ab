"""A made-up library: embeddings in topics, folders that prefer topics, questions, and the exact answers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

#: Numbers in a vector, and the dimensions in which the topics differ.
DIMENSIONS, LATENT = 512, 64

#: Topics, folders of equal size, and topics that most pictures of a folder come from.
TOPICS, FOLDERS, PREFERRED = 2000, 200, 20

#: Share of a folder's pictures that come from its preferred topics.
LOYAL = 0.7

#: Folders a question may see, by the share of the library they hold.
GRANTED = {"0.5 %": 1, "5 %": 10, "50 %": 100, "100 %": 200}

#: Questions asked at each share, and answers wanted.
QUESTIONS, WANTED = 200, 10

#: Rows that are made or compared at once.
CHUNK = 50_000


@dataclass(frozen=True, slots=True)
class Library:
    """The files of one library in a directory, made where there are none.

    Attributes:
        vectors: float32 (n, 512), each of length 1, read from the disk as they are needed.
        folders: int64 (n,), 0 to 199.
        questions: float32 (200, 512).
        granted: for each share, int64 (200, folders): what each question may see.
        answers: for each share, int64 (200, 10): rows, best first.
    """

    vectors: NDArray[np.float32]
    folders: NDArray[np.int64]
    questions: NDArray[np.float32]
    granted: dict[str, NDArray[np.int64]]
    answers: dict[str, NDArray[np.int64]]


def opened(directory: Path, size: int) -> Library:
    """Open the library of `size` pictures in `directory`, or make it: the same one each time."""
    if not (directory / "answers.npz").exists():
        directory.mkdir(parents=True, exist_ok=True)
        _make(directory, size)
    vectors = np.load(directory / "vectors.npy", mmap_mode="r")
    kept, answers = np.load(directory / "library.npz"), np.load(directory / "answers.npz")
    granted = {share: kept[f"granted {share}"] for share in GRANTED}
    return Library(vectors, kept["folders"], kept["questions"], granted, dict(answers))


def _make(directory: Path, size: int) -> None:
    draw = np.random.default_rng(17)
    centres = draw.standard_normal((TOPICS, LATENT)).astype(np.float32)
    spread = draw.standard_normal((LATENT, DIMENSIONS)).astype(np.float32) / np.sqrt(LATENT)
    folders = draw.permutation(np.arange(size) % FOLDERS)
    popular = 1 / np.arange(1, TOPICS + 1)
    popular /= popular.sum()
    preferred = np.stack([draw.choice(TOPICS, PREFERRED, replace=False, p=popular) for _ in range(FOLDERS)])
    vectors = np.lib.format.open_memmap(
        directory / "vectors.npy", mode="w+", dtype=np.float32, shape=(size, DIMENSIONS)
    )
    for start in range(0, size, CHUNK):
        here = folders[start : start + CHUNK]
        own = preferred[here, draw.integers(0, PREFERRED, len(here))]
        topics = np.where(draw.random(len(here)) < LOYAL, own, draw.choice(TOPICS, len(here), p=popular))
        vectors[start : start + CHUNK] = _embedded(centres[topics], spread, draw)
    questions = _embedded(centres[draw.choice(TOPICS, QUESTIONS, p=popular)], spread, draw)
    granted = {
        share: np.stack([draw.choice(FOLDERS, count, replace=False) for _ in range(QUESTIONS)])
        for share, count in GRANTED.items()
    }
    named = {f"granted {share}": numbers for share, numbers in granted.items()}
    np.savez(directory / "library.npz", folders=folders, questions=questions, **named)
    np.savez(directory / "answers.npz", **_answers(vectors, folders, questions, granted))


def _embedded(
    centres: NDArray[np.float32], spread: NDArray[np.float32], draw: np.random.Generator
) -> NDArray[np.float32]:
    """Points about the centres, folded into all dimensions so that no plane holds them."""
    latent = centres + 0.6 * draw.standard_normal(centres.shape, dtype=np.float32)
    folded = np.tanh(latent @ spread) + 0.05 * draw.standard_normal(
        (len(latent), DIMENSIONS), dtype=np.float32
    )
    unit: NDArray[np.float32] = folded / np.linalg.norm(folded, axis=1, keepdims=True)
    return unit.astype(np.float32)


def _answers(
    vectors: NDArray[np.float32],
    folders: NDArray[np.int64],
    questions: NDArray[np.float32],
    granted: dict[str, NDArray[np.int64]],
) -> dict[str, NDArray[np.int64]]:
    """Compare every question with every vector, and keep the best of what it may see."""
    best = {share: np.full((QUESTIONS, WANTED), -2.0, np.float32) for share in granted}
    rows = {share: np.zeros((QUESTIONS, WANTED), np.int64) for share in granted}
    for start in range(0, len(vectors), CHUNK):
        scores = questions @ np.asarray(vectors[start : start + CHUNK]).T
        here = folders[start : start + CHUNK]
        for share, allowed in granted.items():
            for number in range(QUESTIONS):
                seen = np.flatnonzero(np.isin(here, allowed[number]))
                joined = np.concatenate([best[share][number], scores[number, seen]])
                which = np.concatenate([rows[share][number], seen + start])
                order = np.argsort(-joined)[:WANTED]
                best[share][number], rows[share][number] = joined[order], which[order]
    return rows
