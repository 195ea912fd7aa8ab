"""A model hub on loopback, with the dialect that clients of the public one rely on, and ways to misbehave."""

import hashlib
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.waiting import PATIENCE

#: Commit that every repository here is at.
COMMIT = "0123456789abcdef0123456789abcdef01234567"

#: Files from this size on are kept apart, as the public hub keeps them, behind a redirect.
LARGE = 1000


@dataclass
class Repository:
    """Files of one repository, and what is wrong with it."""

    files: dict[str, bytes]
    commit: str = COMMIT
    gated: bool = False
    token: str = ""


@dataclass
class SmallHub:
    """What the server holds, how it misbehaves, and what it was asked."""

    repositories: dict[str, Repository] = field(default_factory=dict)
    #: Bytes of one answer after which the connection is cut, each used once.
    cuts: list[int] = field(default_factory=list)
    #: Files that are sent with other bytes than the listing says.
    corrupt: set[str] = field(default_factory=set)
    #: Statuses that the next answers have, each used once.
    statuses: list[int] = field(default_factory=list)
    ignores_ranges: bool = False
    #: Where large files are; empty for this server itself.
    storage: str = ""
    #: Seconds between single bytes of a file.
    drip: float = 0.0
    #: Offset in a file after which nothing more is sent, and the connection stays open; 0 for never.
    stops_at: int = 0
    #: Never answers files whose path ends so.
    silent_on: str = ""
    #: Method, path and headers (names in small letters) of every request.
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)
    url: str = ""

    def ranges(self) -> list[str]:
        """The ranges that were asked for."""
        return [headers["range"] for _, _, headers in self.asked if "range" in headers]


class Answers(BaseHTTPRequestHandler):
    """Answers as the public hub does: a listing with digests, and files, large ones by a redirect."""

    protocol_version = "HTTP/1.1"
    hub: SmallHub

    def log_message(self, *_: Any) -> None:
        return

    def do_GET(self) -> None:
        path = unquote(urlsplit(self.path).path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.hub.asked.append(("GET", self.path, headers))
        if self.hub.statuses:
            self._error(self.hub.statuses.pop(0), "")
        elif found := re.fullmatch(r"/api/models/([^/]+/[^/]+)/revision/(.+)", path):
            self._listing(found[1], found[2])
        elif found := re.fullmatch(r"/([^/]+/[^/]+)/resolve/([^/]+)/(.+)", path):
            self._resolve(found[1], found[2], found[3])
        elif found := re.fullmatch(r"/storage/([^/]+/[^/]+)/(.+)", path):
            self._send(self.hub.repositories[found[1]], found[2])
        else:
            self._error(404, "EntryNotFound")

    def _repository(self, name: str, revision: str) -> Repository | None:
        held = self.hub.repositories.get(name)
        if held is None:
            self._error(401, "RepoNotFound")  # as the public hub answers those without a token
        elif held.token and self.headers.get("Authorization") != f"Bearer {held.token}":
            self._error(401, "GatedRepo" if held.gated else "RepoNotFound")
            held = None
        elif revision not in ("main", held.commit):
            self._error(404, "RevisionNotFound")
            held = None
        return held

    def _listing(self, name: str, revision: str) -> None:
        held = self.hub.repositories.get(name)
        if held is None or not held.gated:
            held = self._repository(name, revision)
        if held is not None:
            siblings = [described(path, content) for path, content in held.files.items()]
            self._json({"id": name, "sha": held.commit, "siblings": siblings})

    def _resolve(self, name: str, revision: str, path: str) -> None:
        held = self._repository(name, revision)
        if held is None:
            return
        if path not in held.files:
            self._error(404, "EntryNotFound")
        elif len(held.files[path]) >= LARGE:
            self.send_response(302)
            self.send_header("Location", f"{self.hub.storage}/storage/{name}/{path}")
            self.send_header("X-Repo-Commit", held.commit)
            self.send_header("X-Linked-Etag", f'"{hashlib.sha256(held.files[path]).hexdigest()}"')
            self.send_header("X-Linked-Size", str(len(held.files[path])))
            self.send_header("Content-Length", "0")
            self.end_headers()
        else:
            self._send(held, path)

    def _send(self, held: Repository, path: str) -> None:
        if self.hub.silent_on and path.endswith(self.hub.silent_on):
            time.sleep(30)
        content = held.files[path]
        asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        start = int(asked[1]) if asked and not self.hub.ignores_ranges else 0
        if start >= len(content) and start:
            self._error(416, "")
            return
        if path in self.hub.corrupt:
            content = content[:-1] + bytes([content[-1] ^ 1])
        body = content[start:]
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self._write(body)

    def _write(self, body: bytes) -> None:
        if self.hub.cuts:
            self.wfile.write(body[: self.hub.cuts.pop(0)])
            self.wfile.flush()
            self.close_connection = True
            self.connection.close()
        elif self.hub.stops_at and len(body) > self.hub.stops_at:
            self.wfile.write(body[: self.hub.stops_at])
            self.wfile.flush()
            time.sleep(30)
        elif self.hub.drip:
            for byte in body:
                self.wfile.write(bytes([byte]))
                time.sleep(self.hub.drip)
        else:
            self.wfile.write(body)

    def _json(self, value: Any) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _error(self, status: int, code: str) -> None:
        body = json.dumps({"error": code or "no"}).encode()
        self.send_response(status)
        if code:
            self.send_header("X-Error-Code", code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: Any) -> None:
        return  # clients that break off are what is tested


def described(path: str, content: bytes) -> dict[str, Any]:
    """A file as the hub's listing shows it."""
    git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
    shown: dict[str, Any] = {"rfilename": path, "size": len(content), "blobId": git}
    if len(content) >= LARGE:
        digest = hashlib.sha256(content).hexdigest()
        shown["lfs"] = {"sha256": digest, "size": len(content), "pointerSize": 134}
    return shown


@contextmanager
def served(hub: SmallHub) -> Iterator[SmallHub]:
    """Serve the hub on a free port while the block lasts."""
    answers = type("BoundAnswers", (Answers,), {"hub": hub})
    server = _Server(("127.0.0.1", 0), answers)
    hub.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)
