"""Every error the product raises on purpose: one root, one sentence each, data carried as attributes."""

from __future__ import annotations


class PinakesError(Exception):
    """Root of all errors raised on purpose; its text is fit to show to a person.

    Attributes:
        code: stable kebab-case name of the class, used on every wire.
        remedy: what the person can do about it, a sentence, or an empty string.
    """

    code = "error"

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.remedy = remedy

    @property
    def sentence(self) -> str:
        """Message and remedy as one line."""
        return f"{self} {self.remedy}".strip()


class ImageRefused(PinakesError):
    """Raised when bytes cannot be accepted as a picture; `reason` is one of `types.Reason`."""

    code = "image-refused"

    def __init__(self, reason: str, message: str, *, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.reason = reason


class InvalidRequest(PinakesError):
    """Raised when what was asked is malformed; the message names the field and what it may be."""

    code = "invalid-request"


class NotUnderstood(InvalidRequest):
    """Raised when a typed search does not parse; `start` and `end` are where in the `line`, in characters."""

    code = "not-understood"

    def __init__(self, message: str, *, line: str, start: int, end: int, remedy: str = "") -> None:
        super().__init__(f"{message} (at character {start + 1}).", remedy=remedy)
        self.line, self.start, self.end = line, start, end

    @property
    def pointer(self) -> str:
        """The part of the line around the place, and below it a line of carets."""
        first = max(0, self.start - 40)
        shown = "".join(char if char.isprintable() else " " for char in self.line[first : first + 80])
        width = max(1, min(self.end, first + 80) - self.start)
        return f"{shown}\n{' ' * (self.start - first)}{'^' * width}"


class TooLarge(PinakesError):
    """Raised when a request is over a limit on bytes, pixels or items, before any work is done."""

    code = "too-large"


class UnsupportedMedia(PinakesError):
    """Raised when a body arrives in a media type that the door does not take."""

    code = "unsupported-media"


class NotFound(PinakesError):
    """Raised when a named thing (folder, group, act, job) does not exist."""

    code = "not-found"


class FolderUnreadable(PinakesError):
    """Raised when a folder to scan is absent, is no folder, or may not be listed."""

    code = "folder-unreadable"


class ReadOnlyFolder(PinakesError):
    """Raised before a resolve starts when a folder it would change cannot be written."""

    code = "read-only-folder"


class StateUnusable(PinakesError):
    """Raised when the state directory cannot be opened: newer version, not writable, damaged."""

    code = "state-unusable"


class StateBusy(PinakesError):
    """Raised when another process holds the lock that resolving and undoing need."""

    code = "state-busy"


class WrongState(PinakesError):
    """Raised when something is in no state for what is asked of it: a job that ended cannot be paused."""

    code = "wrong-state"


class DiskFull(PinakesError):
    """Raised when the disk that holds the state has no room; what was done stays journalled."""

    code = "disk-full"


class PortTaken(PinakesError):
    """Raised when a service cannot listen because something else holds its port."""

    code = "port-taken"


class Overloaded(PinakesError):
    """Raised at the door when the service has as much work as it accepts; `retry_after` is in seconds.

    `limit` is how much that is, where it can be said in a number: inputs at once, or requests a second.
    """

    code = "overloaded"

    def __init__(
        self, message: str, *, retry_after: float, limit: int | None = None, remedy: str = ""
    ) -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after
        self.limit = limit


class NotReady(PinakesError):
    """Raised while a model loads or the service drains; `retry_after` is in seconds."""

    code = "not-ready"

    def __init__(self, message: str, *, retry_after: float = 1.0, remedy: str = "") -> None:
        super().__init__(message, remedy=remedy)
        self.retry_after = retry_after


class DeadlineExceeded(PinakesError):
    """Raised when a request's time ran out, waiting or in work."""

    code = "deadline-exceeded"


class Unauthorised(PinakesError):
    """Raised when a request carries no key, or none that is known."""

    code = "unauthorised"


class UploadStalled(PinakesError):
    """Raised when a request's body stops arriving, or arrives too slowly to be waited for."""

    code = "upload-stalled"


class Forbidden(PinakesError):
    """Raised when a request comes with a key, or through a page or host name, that does not allow it."""

    code = "forbidden"


class ModelFailed(PinakesError):
    """Raised when a model fails on an input that decoded well."""

    code = "model-failed"


class OutOfMemory(PinakesError):
    """Raised when a batch or a model does not fit in the memory there is."""

    code = "out-of-memory"


class ModelUnusable(PinakesError):
    """Raised when a model cannot be loaded: absent, damaged, of an unknown kind, or missing an extra."""

    code = "model-unusable"


class ServiceUnavailable(PinakesError):
    """Raised by a client when no service answers at the URL, or it went away and did not come back."""

    code = "service-unavailable"


class ProtocolViolation(PinakesError):
    """Raised by a client when a service answers something its contract does not allow."""

    code = "protocol-violation"


class UnsafeSettings(PinakesError):
    """Raised at start-up when the settings would open something to the network without a key."""

    code = "unsafe-settings"
