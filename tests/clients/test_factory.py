import pytest
from tests.stand_ins import StandInEmbedder

from pinakes.clients.factory import open_embedder
from pinakes.clients.fallback import AutoEmbedder
from pinakes.clients.inference import HttpEmbedder
from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ClientSettings


def settings(mode: str, url: str = "http://127.0.0.1:9/") -> ClientSettings:
    return ClientSettings(mode=mode, service_url=url)  # type: ignore[arg-type, call-arg]


def never() -> Embedder:
    raise AssertionError("the local model was not needed")


def test_local_is_the_model_itself() -> None:
    model = StandInEmbedder()
    assert open_embedder(settings("local"), local=lambda: model) is model


def test_remote_and_auto_touch_nothing_until_used() -> None:
    remote = open_embedder(settings("remote"), local=never)
    assert isinstance(remote, HttpEmbedder)
    assert remote.base_url == "http://127.0.0.1:9"
    auto = open_embedder(settings("auto"), local=never)
    assert isinstance(auto, AutoEmbedder)
    remote.close()
    auto.close()


@pytest.mark.parametrize("mode", ["remote", "auto"])
def test_a_url_that_is_none_is_said_at_once(mode: str) -> None:
    with pytest.raises(InvalidRequest, match=r"photos\.example") as caught:
        open_embedder(settings(mode, "photos.example"), local=never)
    assert "http://host:port" in caught.value.remedy
