"""Digests of files: SHA-256, and the one git gives to small files of a repository."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

#: Bytes read at once.
_BLOCK = 2**20


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file's bytes must come to: SHA-256, or git's SHA-1 of a blob, in hexadecimal."""

    kind: Literal["sha256", "git"]
    value: str

    def of(self, path: Path) -> str:
        """The file's digest of this kind."""
        return sha256_of(path) if self.kind == "sha256" else git_blob_of(path)

    def fits(self, path: Path) -> bool:
        """Whether the file has it."""
        return self.of(path) == self.value


def sha256_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def git_blob_of(path: Path) -> str:
    """The name git gives to a file: SHA-1 over `blob <length>`, a zero byte and the content."""
    digest = hashlib.sha1(b"blob %d\0" % path.stat().st_size, usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def content_revision(digests: dict[str, str]) -> str:
    """Twelve hexadecimal digits that stand for a set of files: over their paths and SHA-256."""
    lines = "".join(f"{path}\0{digests[path]}\n" for path in sorted(digests))
    return hashlib.sha256(lines.encode()).hexdigest()[:12]
