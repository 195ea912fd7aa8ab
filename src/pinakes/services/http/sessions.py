"""Sessions of browsers: whoever gives a key once need not send it with every picture.

A session is a cookie that scripts cannot read: the time it ends, and a MAC of that under the key's digest.
Nothing is kept by the server, so a restart ends no session; another key ends all that its predecessor opened.
"""

from __future__ import annotations

import hashlib
import hmac
import time
from http.cookies import CookieError, SimpleCookie
from urllib.parse import urlsplit

from starlette.datastructures import Headers

from pinakes.core.errors import Forbidden

#: Name of the cookie.
COOKIE = "pinakes_session"

#: Time after which the key is asked for again, seconds (30 days).
LASTING = 30 * 24 * 3600

#: Methods that change nothing, which a browser may send for any page.
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def opened(digest: bytes, *, lasting: int = LASTING) -> str:
    """Value of the cookie for the holder of a key, which is named by its SHA-256; `lasting` is in seconds."""
    ends = int(time.time()) + lasting
    return f"{ends}.{_mac(digest, ends)}"


def is_open(value: str, digest: bytes) -> bool:
    """Whether a cookie's value was made for the key of this SHA-256 and has not ended; in constant time."""
    told, _, mac = value.partition(".")
    ends = int(told) if told.isascii() and told.isdigit() and len(told) < 12 else 0
    return hmac.compare_digest(mac.encode(), _mac(digest, ends).encode()) and time.time() < ends


def given(headers: Headers, method: str) -> str:
    """The session that a request brings, or nothing.

    Raises:
        Forbidden: a page of another origin would change something with it; browsers send cookies to all
            ports of a host, so that their own rule (SameSite) is not enough.
    """
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        cookie = None
    if cookie is None:
        return ""
    origin = headers.get("origin")
    if method not in _READING and origin is not None and urlsplit(origin).netloc != headers.get("host"):
        raise Forbidden("Pages of another site may not use this session.")
    return cookie.value


def _mac(digest: bytes, ends: int) -> str:
    return hmac.new(digest, b"pinakes session until %d" % ends, hashlib.sha256).hexdigest()
