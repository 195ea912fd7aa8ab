"""Settings: read from PINAKES_… variables, refused where they make no sense, secrets kept secret."""

from pathlib import Path

import pytest
from pydantic import BaseModel, ValidationError

from pinakes.core.settings import Settings, default_state


def test_variables_reach_nested_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PINAKES_STATE", str(tmp_path))
    monkeypatch.setenv("PINAKES_IMAGES__MAX_PIXELS", "1000")
    monkeypatch.setenv("PINAKES_SCAN__EXCLUDE", '["*.tif"]')
    monkeypatch.setenv("PINAKES_CLIENT__MODE", "local")
    read = Settings()
    assert (read.state, read.images.max_pixels) == (tmp_path, 1000)
    assert (read.scan.exclude, read.client.mode) == (("*.tif",), "local")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PINAKES_IMAGES__MAX_PIXELS", "0"),
        ("PINAKES_IMAGES__SECONDS", "soon"),
        ("PINAKES_INFERENCE__PORT", "70000"),
        ("PINAKES_CLIENT__MODE", "sometimes"),
        ("PINAKES_LOG_LEVEL", "loud"),
    ],
)
def test_values_that_make_no_sense_are_refused(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError):
        Settings()


def test_services_listen_on_loopback_by_default() -> None:
    read = Settings()
    assert read.inference.host == read.application.host == "127.0.0.1"
    assert (read.application.port, read.inference.port) == (8000, 8001)


def test_keys_do_not_show_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PINAKES_INFERENCE__API_KEY", "sesame")
    read = Settings()
    assert "sesame" not in repr(read)
    assert read.inference.api_key is not None
    assert read.inference.api_key.get_secret_value() == "sesame"


def test_every_setting_says_what_it_is() -> None:
    def check(model: type[BaseModel]) -> None:
        for name, field in model.model_fields.items():
            if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
                check(field.annotation)
            else:
                assert (field.description or "").endswith("."), name

    check(Settings)


def test_the_default_state_is_not_made_by_asking_for_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    place = default_state()
    assert place.name == "pinakes"
    assert not place.exists()


def test_workers_default_to_the_cores_this_process_may_use(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().scan_workers >= 1
    monkeypatch.setenv("PINAKES_SCAN__WORKERS", "3")
    assert Settings().scan_workers == 3


@pytest.mark.parametrize(
    ("host", "port", "url"),
    [
        (None, None, "http://127.0.0.1:6333"),
        ("vectors", None, "http://vectors:6333"),
        (None, "7000", "http://127.0.0.1:7000"),
        ("https://vectors.example:443", "7000", "https://vectors.example:443"),
        ("", "", "http://127.0.0.1:6333"),
    ],
)
def test_qdrants_host_and_port_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, host: str | None, port: str | None, url: str
) -> None:
    for name, value in (("QDRANT_HOST", host), ("QDRANT_PORT", port)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert Settings().vectors.qdrant_url == url
    monkeypatch.setenv("PINAKES_VECTORS__QDRANT_URL", "http://set:1")
    assert Settings().vectors.qdrant_url == "http://set:1"
