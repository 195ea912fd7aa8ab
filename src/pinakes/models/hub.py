"""Talks to a model hub: what a repository holds, and its files piece by piece; every wait has a bound.

The protocol is `huggingface_hub`'s; the loop over bytes is ours, since the library's own has no bound on a
server that sends a byte now and then, and may hand the work to a second library that has none at all.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

from pinakes.core.errors import NotFound, PinakesError, ProtocolViolation, ServiceUnavailable, Unauthorised
from pinakes.core.settings import ModelSettings
from pinakes.models.checksums import Checksum

#: Where models are pulled from unless settings or HF_ENDPOINT name another place.
PUBLIC_HUB = "https://huggingface.co"

#: Fewer bytes than this in one stall time count as none.
LEAST_BYTES = 16 * 2**10

#: What to do where the hub is out of reach.
WAY_ROUND = (
    "Try again later, what has arrived is kept; or bring the files here by other means and run "
    "`pinakes models import DIR`."
)

_T = TypeVar("_T")


class Broken(ServiceUnavailable):
    """Raised when the hub does not answer, or stops in the middle; another try may succeed."""


class Overlong(Broken):
    """Raised when what has arrived of a file cannot be its beginning; it must be fetched anew."""


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
        with self._told(repo):
            found = self._within(lambda: self._ask(repo, revision or "main"))
            if not found.sha or found.siblings is None:
                raise self._no_hub("it names no commit or no files")
            return Listing(repo, found.sha, tuple(_file(each) for each in found.siblings))

    def pieces(self, listing: Listing, path: str, start: int) -> Iterator[Piece]:
        """The bytes of a file from `start` on; from 0 where the hub cannot begin in the middle.

        Raises:
            Broken: the connection ended, or brought next to nothing for the stall time.
            NotFound, Unauthorised, ProtocolViolation: as `listing`.
        """
        with self._told(f"{listing.repo}/{path}"), ExitStack() as opened:
            response = self._within(lambda: opened.enter_context(self._open(listing, path, start)))
            offset = self._offset(response, start)
            for content in self._paced(response.iter_raw()):
                yield Piece(offset, content)
                offset += len(content)

    def _ask(self, repo: str, revision: str) -> Any:
        from huggingface_hub import HfApi

        api = HfApi(endpoint=self.endpoint, token=self._token or False, library_name="pinakes")
        return api.model_info(repo, revision=revision, files_metadata=True, timeout=self.patience.connect)

    def _open(self, listing: Listing, path: str, start: int) -> Any:
        from huggingface_hub import get_session, hf_hub_url
        from huggingface_hub.utils import build_hf_headers  # type: ignore[attr-defined]

        url = hf_hub_url(listing.repo, path, revision=listing.commit, endpoint=self.endpoint)
        headers = build_hf_headers(token=self._token or False, library_name="pinakes")
        headers["Accept-Encoding"] = "identity"
        if start:
            headers["Range"] = f"bytes={start}-"
        waits = (self.patience.connect, self.patience.stall, self.patience.stall, self.patience.connect)
        return get_session().stream("GET", url, headers=headers, timeout=waits, follow_redirects=True)

    def _offset(self, response: Any, start: int) -> int:
        from huggingface_hub.utils import hf_raise_for_status  # type: ignore[attr-defined]

        if response.status_code == 416:
            raise Overlong("More of the file has arrived than the hub has.", remedy=WAY_ROUND)
        if response.status_code >= 400:
            self._within(response.read)
            hf_raise_for_status(response)
        if response.status_code != 206:
            return 0
        unit, _, span = response.headers.get("Content-Range", "").partition(" ")
        begin = span.partition("-")[0]
        if unit != "bytes" or not begin.isdigit() or int(begin) > start:
            raise self._no_hub("it answers another part of the file than was asked for")
        return int(begin)

    def _paced(self, contents: Iterable[bytes]) -> Iterator[bytes]:
        since, brought = time.monotonic(), 0
        for content in contents:
            brought += len(content)
            yield content
            if time.monotonic() - since >= self.patience.stall:
                if brought < LEAST_BYTES:
                    raise self._broken(f"it sent {brought:,} bytes in {self.patience.stall:g} s")
                since, brought = time.monotonic(), 0

    def _within(self, call: Callable[[], _T]) -> _T:
        """The call's result, or `Broken`; waits on sockets bound each read, this bounds all of them."""
        answers: list[_T] = []
        errors: list[Exception] = []

        def run() -> None:
            try:
                answers.append(call())
            except Exception as error:
                errors.append(error)

        thread = threading.Thread(target=run, name="pinakes-hub", daemon=True)
        thread.start()
        seconds = self.patience.connect + self.patience.stall
        thread.join(seconds)
        if errors:
            raise errors[0]
        if not answers:
            raise self._broken(f"no answer within {seconds:g} s")
        return answers[0]

    @contextmanager
    def _told(self, what: str) -> Iterator[None]:
        """Turn every way in which a hub fails into an error of ours."""
        _quieten()
        from huggingface_hub import errors

        try:
            yield
        except PinakesError:
            raise
        except errors.OfflineModeIsEnabled as error:
            raise offline() from error
        except errors.GatedRepoError as error:
            raise self._closed(what) from error
        except errors.RepositoryNotFoundError as error:
            raise NotFound(
                f"The hub {self.endpoint} has no repository {what}, or does not show it to everyone.",
                remedy="Check its name; if it is private, set HF_TOKEN to a token that may read it.",
            ) from error
        except (errors.RevisionNotFoundError, errors.EntryNotFoundError) as error:
            raise NotFound(f"The hub {self.endpoint} has no {what} in that revision.") from error
        except errors.HfHubHTTPError as error:
            raise self._refused(what, error.response.status_code) from error
        except errors.HFValidationError as error:
            raise NotFound(f"{what!r} is no name of a repository; it has the form owner/name.") from error
        except Exception as error:
            raise self._broken(_why(error)) from error

    def _refused(self, what: str, status: int) -> PinakesError:
        if status in (401, 403):
            return self._closed(what)
        if status in (408, 429) or status >= 500:
            return self._broken(f"it answers with status {status}")
        return self._no_hub(f"it answers with status {status}")

    def _closed(self, what: str) -> Unauthorised:
        return Unauthorised(
            f"The hub {self.endpoint} keeps {what} closed.",
            remedy="Accept its terms on the hub's page, and set HF_TOKEN to a token that may read it.",
        )

    def _broken(self, why: str) -> Broken:
        return Broken(f"The hub {self.endpoint} cannot be used: {why}.", remedy=WAY_ROUND)

    def _no_hub(self, why: str) -> ProtocolViolation:
        return ProtocolViolation(
            f"{self.endpoint} does not answer as a model hub: {why}.",
            remedy="Check PINAKES_MODELS__HUB and HF_ENDPOINT, or run `pinakes models import DIR`.",
        )


def open_hub(settings: ModelSettings) -> Hub:
    """The hub of the settings; HF_ENDPOINT, HF_TOKEN and HF_HUB_OFFLINE of the environment are heeded.

    Raises:
        ServiceUnavailable: HF_HUB_OFFLINE forbids to ask any.
    """
    if os.environ.get("HF_HUB_OFFLINE", "").upper() in ("1", "ON", "YES", "TRUE"):
        raise offline()
    patience = Patience(settings.connect_seconds, settings.stall_seconds, settings.retries)
    endpoint = settings.hub or os.environ.get("HF_ENDPOINT") or PUBLIC_HUB
    return Hub(endpoint, patience=patience, token=os.environ.get("HF_TOKEN", ""))


def offline() -> ServiceUnavailable:
    """The error for a machine that is told to stay offline."""
    return ServiceUnavailable(
        "HF_HUB_OFFLINE forbids to ask the model hub.",
        remedy="Unset it, or bring the files here by other means and run `pinakes models import DIR`.",
    )


def _quieten() -> None:
    # The library reads these once, when it is first imported; without them it tells the hub which tools
    # and which frameworks run here, and sends tokens that other programs left in the home directory.
    for name in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_IMPLICIT_TOKEN", "HF_HUB_DISABLE_UPDATE_CHECK"):
        os.environ.setdefault(name, "1")


def _file(sibling: Any) -> HubFile:
    if sibling.lfs:
        return HubFile(sibling.rfilename, sibling.lfs.size, Checksum("sha256", sibling.lfs.sha256))
    checksum = Checksum("git", sibling.blob_id) if sibling.blob_id else None
    return HubFile(sibling.rfilename, sibling.size, checksum)


def _why(error: Exception) -> str:
    kind = type(error).__name__
    if "Timeout" in kind:
        return "it did not answer in time"
    if "Connect" in kind:
        return "there is no connection to it"
    if "Protocol" in kind or "Read" in kind:
        return "the connection broke off"
    return f"its answer cannot be read ({kind})"
