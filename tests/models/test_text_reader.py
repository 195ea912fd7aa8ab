"""Reading text in pictures with the models that the extra brings along."""

import io
import socket
from functools import partial

import pytest
from PIL import Image, ImageDraw, ImageFont

from pinakes.core.settings import ImageLimits
from pinakes.core.types import Refusal
from pinakes.images.decode import decode_reduced
from pinakes.models import text_reader
from pinakes.models.text_reader import LONG_SIDE, RapidReader

pytest.importorskip("rapidocr", reason="the extra `ocr` is not installed")


@pytest.fixture(scope="module")
def reader() -> RapidReader:
    return RapidReader(partial(decode_reduced, long_side=LONG_SIDE, limits=ImageLimits()), threads=2)


def page(*lines: str, turned: bool = False) -> bytes:
    image = Image.new("RGB", (640, 100 * len(lines) + 60), "white")
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((40, 30 + 100 * number), line, fill="black", font=ImageFont.load_default(56))
    stream = io.BytesIO()
    (image.transpose(Image.Transpose.ROTATE_180) if turned else image).save(stream, "PNG")
    return stream.getvalue()


def test_lines_are_read_and_a_bad_picture_is_refused_alone(reader: RapidReader) -> None:
    signs, bad, blank = reader.read([page("PLATFORM 9", "to Cambridge"), b"no picture", page(" ")])
    assert signs == "PLATFORM 9\nto Cambridge"
    assert isinstance(bad, Refusal)
    assert blank == ""


def test_a_page_that_is_upside_down_is_read(reader: RapidReader) -> None:
    (text,) = reader.read([page("EXIT 20", turned=True)])
    assert text == "EXIT 20"


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("something was looked for in the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    fresh = RapidReader(partial(decode_reduced, long_side=LONG_SIDE, limits=ImageLimits()), threads=2)
    assert fresh.read([page("OFFLINE")]) == ["OFFLINE"]
    fresh.close()


def test_a_model_that_fails_refuses_one_picture(reader: RapidReader, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __call__(self, _: object) -> None:
            raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setitem(reader.__dict__, "_engine", Broken())
        (refused,) = reader.read([page("HELLO")])
    assert isinstance(refused, Refusal)
    assert refused.reason == "model-failed"


def test_without_the_extra_the_command_that_gets_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_reader, "find_spec", lambda _: None)
    assert not text_reader.available()
    with pytest.raises(text_reader.ModelUnusable) as refused:
        RapidReader(lambda _: None, threads=1)  # type: ignore[arg-type, return-value]
    assert "pinakes[ocr]" in refused.value.remedy


def test_the_identity_says_which_models_read_and_how(reader: RapidReader) -> None:
    assert reader.identity.dimensions == 0
    assert str(LONG_SIDE) in reader.identity.preprocess
