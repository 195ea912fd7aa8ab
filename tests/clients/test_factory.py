import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.wire_service import WireService, serving, vector_of

from pinakes.clients.factory import open_embedder
from pinakes.clients.fallback import AutoEmbedder
from pinakes.clients.inference import HttpEmbedder
from pinakes.core.errors import InvalidRequest
from pinakes.core.protocols import Embedder
from pinakes.core.settings import ClientSettings
from pinakes.core.types import ModelIdentity, Refusal, Vector


class Nothing:
    """Implements Embedder for nothing at all."""

    identity = ModelIdentity("nothing", "1", "none", 8)

    def embed(self, images: Sequence[bytes]) -> list[Vector | Refusal]:
        return [vector_of(image) for image in images]

    def close(self) -> None:
        pass


def settings(mode: str, url: str = "http://127.0.0.1:9/") -> ClientSettings:
    return ClientSettings(mode=mode, service_url=url)  # type: ignore[arg-type]


def never() -> Embedder:
    raise AssertionError("the local model was not needed")


def test_local_is_the_model_itself() -> None:
    model = Nothing()
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


def test_several_urls_are_a_fleet() -> None:
    members = [WireService(seconds=0.002), WireService(seconds=0.002)]
    with serving(members[0]) as first, serving(members[1]) as second:
        opened = open_embedder(settings("remote", f"{first.url}, {second.url}"), local=never)
        opened.embed([b"%d" % number for number in range(200)])
        opened.close()
    assert all(member.seen for member in members)


@pytest.mark.parametrize("protocol", ["pinakes", "oip", "openai", "torchserve", "bentoml"])
def test_every_protocol_has_its_driver_and_opens_nothing(protocol: str) -> None:
    chosen = settings("remote").model_copy(update={"protocol": protocol})
    open_embedder(chosen, local=never).close()


def test_the_clients_bring_in_no_image_library_and_no_server() -> None:
    program = (
        "import sys, pinakes.clients; "
        "print([name for name in ('PIL', 'cv2', 'fastapi', 'onnxruntime', 'torch', 'pinakes.images',"
        " 'pinakes.models', 'pinakes.clients.protocols.oip') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path("/")
    )
    assert done.stdout.strip() == "[]"
