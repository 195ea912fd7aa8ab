"""The ways in which a hub fails, each as one sentence with the way round it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pinakes.core.errors import NotFound, PinakesError, ProtocolViolation, ServiceUnavailable, Unauthorised

#: What to do where the hub is out of reach.
WAY_ROUND = (
    "Try again later, what has arrived is kept; or bring the files here by other means and run "
    "`pinakes models import DIR`."
)


class Broken(ServiceUnavailable):
    """Raised when the hub does not answer, or stops in the middle; another try may succeed."""


class Overlong(Broken):
    """Raised when what has arrived of a file cannot be its beginning; it must be fetched anew."""


@contextmanager
def translated(endpoint: str, what: str) -> Iterator[None]:
    """Turn everything that asking for `what` may raise into errors of ours."""
    from huggingface_hub import errors

    try:
        yield
    except PinakesError:
        raise
    except errors.OfflineModeIsEnabled as error:
        raise offline() from error
    except errors.GatedRepoError as error:
        raise _closed(endpoint, what) from error
    except errors.RepositoryNotFoundError as error:
        raise NotFound(
            f"The hub {endpoint} has no repository {what}, or does not show it to everyone.",
            remedy="Check its name; if it is private, set HF_TOKEN to a token that may read it.",
        ) from error
    except (errors.RevisionNotFoundError, errors.EntryNotFoundError) as error:
        raise NotFound(
            f"The hub {endpoint} has no {what} in that revision.",
            remedy="`pinakes models pull --revision main` takes what it has now.",
        ) from error
    except errors.HfHubHTTPError as error:
        raise _refused(endpoint, what, error.response.status_code) from error
    except errors.HFValidationError as error:
        raise NotFound(f"{what!r} is no name of a repository; it has the form owner/name.") from error
    except Exception as error:  # the library underneath has errors of its own, and its successor others
        raise broken(endpoint, _why(error)) from error


def broken(endpoint: str, why: str) -> Broken:
    """The error for a hub that is away or in trouble."""
    return Broken(f"The hub {endpoint} cannot be used: {why}.", remedy=WAY_ROUND)


def no_hub(endpoint: str, why: str) -> ProtocolViolation:
    """The error for something that answers, but not as a hub."""
    return ProtocolViolation(
        f"{endpoint} does not answer as a model hub: {why}.",
        remedy="Check PINAKES_MODELS__HUB and HF_ENDPOINT, or run `pinakes models import DIR`.",
    )


def offline() -> ServiceUnavailable:
    """The error for a machine that is told to stay offline."""
    return ServiceUnavailable(
        "HF_HUB_OFFLINE forbids to ask the model hub.",
        remedy="Unset it, or bring the files here by other means and run `pinakes models import DIR`.",
    )


def _refused(endpoint: str, what: str, status: int) -> PinakesError:
    if status in (401, 403):
        return _closed(endpoint, what)
    if status in (408, 429) or status >= 500:
        return broken(endpoint, f"it answers with status {status}")
    return no_hub(endpoint, f"it answers with status {status}")


def _closed(endpoint: str, what: str) -> Unauthorised:
    return Unauthorised(
        f"The hub {endpoint} keeps {what} closed.",
        remedy="Accept its terms on the hub's page, and set HF_TOKEN to a token that may read it.",
    )


def _why(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return str(error)
    kind = type(error).__name__
    if "Timeout" in kind:
        return "it did not answer in time"
    if "Connect" in kind:
        return "there is no connection to it"
    if "Protocol" in kind or "Read" in kind:
        return "the connection broke off"
    return f"its answer cannot be read ({kind})"
