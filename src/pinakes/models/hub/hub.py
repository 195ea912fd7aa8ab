"""Talks to a model hub: what a repository holds, and its files piece by piece; every wait has a bound.

The protocol is `huggingface_hub`'s; the loop over bytes is ours, since the library's own has no bound on a
server that sends a byte now and then, and may hand the work to a second library that has none at all.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any, TypeVar

from pinakes.core.errors import InvalidRequest
from pinakes.core.settings import ModelSettings
from pinakes.models.hub.failures import WAY_ROUND, Overlong, broken, no_hub, offline, translated
from pinakes.models.hub.waiting import within
from pinakes.models.store.checksums import Checksum

#: Where models are pulled from unless settings or HF_ENDPOINT name another place.
PUBLIC_HUB = "https://huggingface.co"

#: Fewer bytes than this in one stall time count as none.
LEAST_BYTES = 16 * 2**10

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long each step may take, seconds, and how often a broken download is taken up again."""

    connect: float = 10.0
    stall: float = 30.0
    retries: int = 4
    pause: float = 1.0


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file of a repository; size and checksum as the hub publishes them, None where it does not."""

    path: str
    nbytes: int | None
    checksum: Checksum | None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a repository holds at one commit."""

    repo: str
    commit: str
    files: tuple[HubFile, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes of a file, and where in it they belong."""

    offset: int
    content: bytes


class Hub:
    """A hub at one address; `token` is sent to it and to no other host."""

    def __init__(self, endpoint: str, *, patience: Patience, token: str = "") -> None:
        self.endpoint = endpoint.rstrip("/")
        self.patience = patience
        self._token = token

    def listing(self, repo: str, revision: str) -> Listing:
        """Ask what `repo` holds at a commit, or now if `revision` is empty.

        Raises:
            Broken: the hub does not answer.
            NotFound, Unauthorised, ProtocolViolation: it has no such thing, keeps it closed, or is no hub.
        """
        _load_library()
        with translated(self.endpoint, repo):
            found = self._answered(lambda: self._ask(repo, revision or "main"))
            if not found.sha or found.siblings is None:
                raise no_hub(self.endpoint, "it names no commit or no files")
            return Listing(repo, found.sha, tuple(_file(each) for each in found.siblings))

    def pieces(self, listing: Listing, path: str, start: int) -> Iterator[Piece]:
        """The bytes of a file from `start` on; from 0 where the hub cannot begin in the middle.

        Raises:
            Broken: the connection ended, or brought next to nothing for the stall time.
            NotFound, Unauthorised, ProtocolViolation: as `listing`.
        """
        _load_library()
        with translated(self.endpoint, f"{listing.repo}/{path}"), ExitStack() as opened:
            response = self._answered(lambda: opened.enter_context(self._open(listing, path, start)))
            offset = self._offset(response, start)
            for content in self._paced(response.iter_raw()):
                yield Piece(offset, content)
                offset += len(content)

    def _ask(self, repo: str, revision: str) -> Any:
        from huggingface_hub import HfApi

        api = HfApi(endpoint=self.endpoint, headers=self._headers(), token=False)
        return api.model_info(repo, revision=revision, files_metadata=True, timeout=self.patience.connect)

    def _open(self, listing: Listing, path: str, start: int) -> Any:
        from huggingface_hub import get_session, hf_hub_url

        url = hf_hub_url(listing.repo, path, revision=listing.commit, endpoint=self.endpoint)
        headers = self._headers() | {"Accept-Encoding": "identity"}
        if start:
            headers["Range"] = f"bytes={start}-"
        waits = (self.patience.connect, self.patience.stall, self.patience.stall, self.patience.connect)
        return get_session().stream("GET", url, headers=headers, timeout=waits, follow_redirects=True)

    def _headers(self) -> dict[str, str]:
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        ours: dict[str, str] = build_hf_headers(
            token=self._token or False, library_name="pinakes", library_version=version("pinakes")
        )
        return ours

    def _offset(self, response: Any, start: int) -> int:
        """Where in the file the answer begins."""
        from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

        if response.status_code == 416:
            raise Overlong("More of the file has arrived than the hub has.", remedy=WAY_ROUND)
        if response.status_code >= 400:
            self._answered(response.read)
            hf_raise_for_status(response)
        if response.status_code != 206:
            return 0
        unit, _, span = response.headers.get("Content-Range", "").partition(" ")
        begin = span.partition("-")[0]
        if unit != "bytes" or not begin.isdigit() or int(begin) > start:
            raise no_hub(self.endpoint, "it sends another part of the file than was asked for")
        return int(begin)

    def _paced(self, contents: Iterable[bytes]) -> Iterator[bytes]:
        since, brought = time.monotonic(), 0
        for content in contents:
            brought += len(content)
            yield content
            if time.monotonic() - since >= self.patience.stall:
                if brought < LEAST_BYTES:
                    raise broken(self.endpoint, f"it sent {brought:,} bytes in {self.patience.stall:g} s")
                since, brought = time.monotonic(), 0

    def _answered(self, call: Callable[[], _T]) -> _T:
        return within(self.patience.connect + self.patience.stall, call)


def open_hub(settings: ModelSettings) -> Hub:
    """The hub of the settings; HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE of the environment are heeded.

    Raises:
        ServiceUnavailable: HF_HUB_OFFLINE forbids to ask any.
        InvalidRequest: the address is none.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise offline()
    patience = Patience(settings.connect_seconds, settings.stall_seconds, settings.retries)
    endpoint = settings.hub or os.environ.get("HF_ENDPOINT") or PUBLIC_HUB
    if not endpoint.startswith(("https://", "http://")):
        raise InvalidRequest(f"The hub's address begins with https://, unlike {endpoint!r}.")
    return Hub(endpoint, patience=patience, token=os.environ.get("HF_TOKEN", ""))


def _load_library() -> None:
    # Importing takes a second or two, which are no fault of the hub's: not within the bound on its answers.
    importlib.import_module("huggingface_hub.hf_api")
    # Otherwise the library tells the hub which frameworks and tools run here. Its variable is read only when
    # it is first imported, which another library may have done.
    importlib.import_module("huggingface_hub.constants").__dict__["HF_HUB_DISABLE_TELEMETRY"] = True


def _file(sibling: Any) -> HubFile:
    if sibling.lfs:
        return HubFile(sibling.rfilename, sibling.lfs.size, Checksum("sha256", sibling.lfs.sha256))
    checksum = Checksum("git", sibling.blob_id) if sibling.blob_id else None
    return HubFile(sibling.rfilename, sibling.size, checksum)
