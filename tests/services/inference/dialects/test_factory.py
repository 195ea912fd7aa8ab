"""Protocols of other services are off unless they are named, and all can be on at once."""

from typing import get_args

import pytest
from fastapi.routing import APIRoute
from tests.services.inference.openai.one_service import application_of, service
from tests.stand_ins import StandInModel

from pinakes.core.settings import DialectName, Settings
from pinakes.services.inference.dialects.factory import DIALECTS

#: A path of each protocol that nothing else answers.
PATHS = {
    "cohere": "/v2/embed",
    "immich": "/predict",
    "kserve": "/v1/models/stand-in:predict",
    "roboflow": "/clip/embed_text",
    "tei": "/",
    "weaviate": "/vectorize",
}


def test_every_name_in_the_settings_is_a_protocol() -> None:
    assert set(get_args(DialectName)) == set(DIALECTS) == set(PATHS)


def test_they_are_off_by_default() -> None:
    with service(StandInModel()) as client:
        for path in PATHS.values():
            assert client.post(path, json={}).status_code in (404, 405)


def test_all_may_be_on_without_taking_one_anothers_paths() -> None:
    application = application_of(StandInModel(), dialects=tuple(DIALECTS))
    paths = [
        (method, route.path)
        for route in application.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    ]
    assert len(paths) == len(set(paths))
    with service(StandInModel(), dialects=tuple(DIALECTS)) as client:
        for path in PATHS.values():
            assert client.post(path, json={}).status_code in (400, 415)


def test_the_variable_names_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINAKES_INFERENCE__DIALECTS", '["weaviate", "cohere"]')
    assert Settings().inference.dialects == ("weaviate", "cohere")
