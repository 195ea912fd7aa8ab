"""Asking for a search: the service that has the library open, or this process where none runs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
from pydantic import ValidationError

from pinakes.core import errors
from pinakes.core.errors import ImageRefused, InvalidRequest, PinakesError, ServiceUnavailable, TooLarge
from pinakes.core.settings import Settings
from pinakes.services.owner import running_service

#: How long a command waits for the model, which it may have to load first, seconds.
PATIENCE = 120.0

#: How long a running service is waited for, seconds.
SERVICE_SECONDS = 60.0

#: Something of the library in `--like`: an asset, or the SHA-256 of a file.
_OF_THE_LIBRARY = re.compile(r"(?:asset:)?(?P<asset>[0-9]{1,16})|(?P<sha256>[0-9a-fA-F]{64})")


def answered(read: Settings, asked: dict[str, Any], like: list[str]) -> dict[str, Any]:
    """The answer in the form of `schemas.search.SearchAnswer`.

    Args:
        read: the settings, whose state is searched.
        asked: fields of `schemas.search.SearchRequest`.
        like: pictures to look like: files, assets, contents.
    """
    terms, files = _terms(like, read.images.max_bytes)
    asked = {**asked, "terms": terms}
    url = running_service(read.state)
    try:
        return _here(read, asked, files) if url is None else _of_service(url, read, asked, files)
    except ImageRefused as refused:
        raise InvalidRequest(f"--like {', '.join(map(ascii, like))}: {refused.sentence}") from refused


def _here(read: Settings, asked: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    from pinakes.schemas.search import SearchRequest
    from pinakes.services.opened import open_library
    from pinakes.services.searching.asking import Asking

    try:
        request = SearchRequest.model_validate(asked)
    except ValidationError as error:
        first = error.errors()[0]
        raise InvalidRequest(f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from error
    library = open_library(read, ())
    try:
        return Asking(library, None, patience=PATIENCE).answered(request, files)
    finally:
        library.close()


def _of_service(url: str, read: Settings, asked: dict[str, Any], files: dict[str, bytes]) -> dict[str, Any]:
    key = read.application.api_key or read.ingest.api_key
    headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
    parts: dict[str, tuple[str | None, bytes]] = {"search": (None, json.dumps(asked).encode())}
    parts |= {name: (name, file) for name, file in files.items()}
    try:
        response = httpx.post(
            f"{url}/api/v1/search", files=parts, headers=headers, timeout=SERVICE_SECONDS, trust_env=False
        )
        told: dict[str, Any] = response.json()
    except (httpx.HTTPError, ValueError) as error:
        raise ServiceUnavailable(
            f"The service at {url}, which has the library open, does not answer.",
            remedy="Try again, or stop it and search without it.",
        ) from error
    if response.is_error:
        raise _error_of(told)
    return told


def _error_of(problem: dict[str, Any]) -> PinakesError:
    """The error that a problem tells of; one that carries more than a sentence comes as its parent."""
    kinds = (kind for kind in vars(errors).values() if isinstance(kind, type))
    named = {kind.code: kind for kind in kinds if issubclass(kind, PinakesError)}
    kind = named.get(str(problem.get("code")), PinakesError)
    plain = next(each for each in kind.__mro__ if each is PinakesError or "__init__" not in vars(each))
    told: PinakesError = plain(
        str(problem.get("detail", "The service refused.")), remedy=str(problem.get("remedy", ""))
    )
    return told


def _terms(like: list[str], most_bytes: int) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """What `--like` names as terms; files as parts that terms name."""
    terms: list[dict[str, Any]] = []
    files: dict[str, bytes] = {}
    for place, named in enumerate(like):
        known = None if Path(named).exists() else _OF_THE_LIBRARY.fullmatch(named)
        if known is None:
            files[f"like{place}"] = _read(Path(named), most_bytes)
            terms.append({"file": f"like{place}"})
        elif known["asset"]:
            terms.append({"asset": int(known["asset"])})
        else:
            terms.append({"sha256": known["sha256"].lower()})
    return terms, files


def _read(path: Path, most_bytes: int) -> bytes:
    try:
        with path.open("rb") as file:
            encoded = file.read(most_bytes + 1)
    except OSError as error:
        raise InvalidRequest(
            f"{str(path)!a} cannot be read: {error.strerror}.",
            remedy="--like takes a file, the number of an asset, or the SHA-256 of a picture.",
        ) from error
    if len(encoded) > most_bytes:
        raise TooLarge(f"{str(path)!a} has more than {most_bytes:,} bytes.")
    return encoded
