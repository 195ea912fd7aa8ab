"""Keys of a service: who may ask for what, and how often."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from pydantic import SecretStr, TypeAdapter, ValidationError

from pinakes.core import logging
from pinakes.core.errors import Forbidden, InvalidRequest, Overloaded, Unauthorised
from pinakes.core.settings import InferenceSettings, KeyScope, KeySettings, SearchSettings
from pinakes.services.http import sessions

#: Every scope there is.
ALL_SCOPES: frozenset[KeyScope] = frozenset(get_args(KeyScope))

#: Random bytes in a key: beyond guessing, so that a plain hash of it can be kept.
KEY_BYTES = 32

#: Begins every key, so that one that leaked into a file can be found.
KEY_PREFIX = "pinakes_"


class Pace:
    """At most so many requests a second, with a second's worth saved up (a token bucket); for any thread.

    Args:
        rate: requests a second; 0 for no bound.
        clock: seconds, as `time.monotonic`.

    Attributes:
        rate: as given.
    """

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate = rate
        self._clock = clock
        self._most = max(1.0, rate)
        self._saved = self._most
        self._at = clock()
        self._lock = threading.Lock()

    def take(self) -> float:
        """Count one request: 0 when it may pass, else the seconds until one may."""
        if not self.rate:
            return 0.0
        with self._lock:
            now = self._clock()
            self._saved = min(self._most, self._saved + (now - self._at) * self.rate)
            self._at = now
            if self._saved < 1.0:
                return (1.0 - self._saved) / self.rate
            self._saved -= 1.0
            return 0.0


@dataclass(frozen=True, slots=True)
class Key:
    """What one key allows. `name` is empty for the one key of all; `digest` is SHA-256 of the key."""

    name: str
    digest: bytes
    scopes: frozenset[KeyScope]
    pace: Pace = field(default_factory=lambda: Pace(0.0), compare=False)


class Keys:
    """The keys of a service, known by their hashes.

    Keys are random and 256 bits long: nobody finds one by trying, so a plain SHA-256 of each is kept, without
    the salt and the slowness that passwords need. A given key is hashed and compared with every digest
    in constant time, so that the time of a refusal tells nothing.
    """

    def __init__(self, keys: Sequence[Key] = ()) -> None:
        self._keys = tuple(keys)

    def __bool__(self) -> bool:
        """Whether there is any key, without which nobody is asked for one."""
        return bool(self._keys)

    def admit(self, authorization: str, allowed: frozenset[KeyScope], session: str = "") -> Key:
        """Return the key of an Authorization header (`Bearer <key>`) or of a session, and count the request.

        Args:
            authorization: the header's value, or empty.
            allowed: scopes of which the key must have one.
            session: the cookie that a browser sends instead, or empty.

        Raises:
            Unauthorised: no key is given, or none that is known.
            Forbidden: the key has none of the scopes.
            Overloaded: it was used more often than it may; `retry_after` says when it may again.
        """
        key = self._find(authorization) or (self._of_session(session) if session else None)
        if key is None:
            raise Unauthorised(
                "This service needs a key.", remedy="Send it as the header Authorization: Bearer <key>."
            )
        if not key.scopes & allowed:
            raise Forbidden(
                f"The key {key.name} does not allow this; it would need {' or '.join(sorted(allowed))}."
            )
        wait = key.pace.take()
        if wait:
            raise Overloaded(
                f"The key {key.name} has used up its requests for now.",
                retry_after=wait,
                limit=max(1, int(key.pace.rate)),
                remedy="Send fewer, with more in each.",
            )
        return key

    def _known(self) -> Sequence[Key]:
        return self._keys

    def _of_session(self, session: str) -> Key | None:
        return next((key for key in self._known() if sessions.is_open(session, key.digest)), None)

    def _find(self, authorization: str) -> Key | None:
        scheme, _, given = authorization.partition(" ")
        digest = digest_of(given.strip() if scheme.lower() == "bearer" else "")
        found = None
        for key in self._known():
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found


class KeysInFile(Keys):
    """Keys that stand in a file, read again whenever it changes: a key taken out of it is refused at once.

    What cannot be read, or not understood, is logged and changes nothing. There are keys even while the file
    lists none: whoever takes the last one out does not mean to let everybody in.

    Args:
        path: the file.
        read: reads the keys, given those of before; raises InvalidRequest.
    """

    def __init__(self, path: Path, read: Callable[[Sequence[Key]], Sequence[Key]]) -> None:
        self._path = path
        self._read = read
        self._seen = _mark(path)
        super().__init__(read(()))

    def __bool__(self) -> bool:
        """Always: callers are asked for a key."""
        return True

    def _known(self) -> Sequence[Key]:
        mark = _mark(self._path)
        if mark != self._seen:
            self._seen = mark
            try:
                self._keys = tuple(self._read(self._keys))
            except InvalidRequest as error:
                logging.get("services").error("keys-not-read", why=error.sentence)
        return self._keys


def has_key(api_key: SecretStr | None) -> bool:
    """Whether a key is set; an empty one is none."""
    return api_key is not None and bool(api_key.get_secret_value().strip())


def one_key(api_key: SecretStr | None) -> Keys:
    """The keys of a service with one key at most, which allows everything."""
    return Keys(_for_all(api_key))


def keys_of(settings: InferenceSettings | SearchSettings) -> Keys:
    """The keys of a service that has several, from its settings and the file they name.

    Raises:
        InvalidRequest: the file cannot be read, or two keys share a name.
    """
    service = "search" if isinstance(settings, SearchSettings) else "inference"
    path = settings.keys_file

    def read(before: Sequence[Key]) -> list[Key]:
        listed = [*settings.keys, *(_in_file(path, service) if path else ())]
        names = [entry.name for entry in listed]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise InvalidRequest(f"Two keys of the {service} service are named {twice}.")
        return [*_for_all(settings.api_key), *(_key(entry, before) for entry in listed)]

    return KeysInFile(path, read) if path else Keys(read(()))


def make_key(
    name: str, scopes: Sequence[KeyScope], requests_per_second: float = 0.0
) -> tuple[str, KeySettings]:
    """Make a key: what its holder sends, and what the service is told of it."""
    key = KEY_PREFIX + secrets.token_urlsafe(KEY_BYTES)
    settings = KeySettings(
        name=name,
        sha256=digest_of(key).hex(),
        scopes=tuple(scopes),
        requests_per_second=requests_per_second,
    )
    return key, settings


def digest_of(key: str) -> bytes:
    """SHA-256 of a key."""
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).digest()


def _for_all(api_key: SecretStr | None) -> list[Key]:
    if api_key is None or not has_key(api_key):
        return []
    return [Key("", digest_of(api_key.get_secret_value().strip()), ALL_SCOPES)]


def _key(entry: KeySettings, before: Sequence[Key]) -> Key:
    """The key of an entry: the one of before where it did not change, with the pace it has used up."""
    rate = entry.requests_per_second
    made = Key(entry.name, bytes.fromhex(entry.sha256), frozenset(entry.scopes), Pace(rate))
    return next((key for key in before if key == made and key.pace.rate == rate), made)


def _mark(path: Path) -> tuple[int, int, int] | None:
    """What changes with a file's contents: its inode, size and time of change; None while it is not there."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns


def _in_file(path: Path, service: str) -> tuple[KeySettings, ...]:
    variable = f"PINAKES_{service.upper()}__KEYS_FILE"
    try:
        return TypeAdapter(tuple[KeySettings, ...]).validate_json(path.read_bytes())
    except OSError as error:
        raise InvalidRequest(
            f"{variable} cannot be read: {error.strerror or type(error).__name__}."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise InvalidRequest(f"In {variable}, {where}: {first['msg']}.") from error
