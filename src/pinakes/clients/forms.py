"""The form in which pictures are sent: as files, or reduced here to what the model looks at."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Literal, Protocol

from numpy.typing import NDArray

from pinakes.clients.protocols.base import Form, Served
from pinakes.core.errors import ImageRefused, InvalidRequest
from pinakes.core.types import ModelIdentity, Pixels, Reason, Refusal


class LocalPreprocess(Protocol):
    """The part of a model's preprocess that is done here, handed in by whoever can decode pictures.

    Attributes:
        fingerprint: names what is done here, where the results are not those of the service's own.
    """

    fingerprint: str

    def equals(self, preprocess: str) -> bool:
        """Whether what is sent gives the results that files give under a service's `preprocess`.

        It is asked before anything is sent, and may remember which preprocess that is.
        """
        ...

    def pixels(self, encoded: bytes, side: int) -> Pixels:
        """Decode and reduce a picture to uint8 sRGB (side, side, 3), or raise `ImageRefused`."""
        ...

    def tensor(self, encoded: bytes, side: int) -> NDArray[Any]:
        """Decode and preprocess a picture to float32 (3, side, side), or raise `ImageRefused`."""
        ...


def form_of(
    served: Served, send: Literal["auto", "files", "pixels"], preprocess: LocalPreprocess | None
) -> Form:
    """Return the form in which pictures go to a server.

    Raises:
        InvalidRequest: it does not take the form that is asked for, or nothing here makes it.
    """
    array = next((form for form in served.forms if form != "files"), None)
    if send == "files" or (send == "auto" and "files" in served.forms and not _equal(served, preprocess)):
        if "files" not in served.forms:
            raise InvalidRequest(f"The service takes {array}, not files.", remedy="Send pixels.")
        return "files"
    if array is None and send == "auto":
        return "files"
    if array is None:
        raise InvalidRequest(
            "The service does not take pixels for this model.", remedy="Set PINAKES_CLIENT__SEND=files."
        )
    if preprocess is None:
        raise InvalidRequest(
            f"The service takes {array}, and nothing here makes them of files.",
            remedy="Hand the client a local preprocess.",
        )
    return array


def _equal(served: Served, preprocess: LocalPreprocess | None) -> bool:
    return preprocess is not None and preprocess.equals(served.identity.preprocess)


def identity_of(served: Served, form: Form, preprocess: LocalPreprocess | None) -> ModelIdentity:
    """Return the identity of embeddings sent in a form: another preprocess is said, unless it is the same."""
    if form == "files" or preprocess is None or _equal(served, preprocess):
        return served.identity
    return replace(served.identity, preprocess=f"{served.identity.preprocess}/{preprocess.fingerprint}")


async def arrays_of(
    images: Sequence[bytes], form: Form, side: int, preprocess: LocalPreprocess
) -> list[NDArray[Any] | Refusal]:
    """Make the arrays of encoded pictures, away from the event loop; a bad one is refused alone."""
    make = preprocess.pixels if form == "pixels" else preprocess.tensor

    def made() -> list[NDArray[Any] | Refusal]:
        found: list[NDArray[Any] | Refusal] = []
        for image in images:
            try:
                found.append(make(image, side))
            except ImageRefused as error:
                found.append(Refusal(Reason(error.reason), error.sentence))
        return found

    return await asyncio.to_thread(made)
