import base64
import json

import pytest

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.bodies import NamedImage, images_of_json

PICTURE = bytes(range(256))
TEXT = base64.b64encode(PICTURE).decode()


def body(*images: object) -> bytes:
    return json.dumps({"images": images}).encode()


def test_every_form_of_base64() -> None:
    wrapped = "\n".join(TEXT[start : start + 76] for start in range(0, len(TEXT), 76))
    images = images_of_json(
        body(TEXT, f"data:image/png;base64,{TEXT}", {"data": TEXT, "name": "ä.png"}, {"data": wrapped}),
        4,
    )
    assert images == [
        NamedImage(PICTURE, None),
        NamedImage(PICTURE, None),
        NamedImage(PICTURE, "ä.png"),
        NamedImage(PICTURE, None),
    ]


@pytest.mark.parametrize("bad", ["!!!!", "abc", "data:image/png,abcd", "data:image/png;base64,%%", "ä"])
def test_what_is_not_base64_is_named_by_its_index(bad: str) -> None:
    with pytest.raises(InvalidRequest, match=r"images\.1 "):
        images_of_json(body(TEXT, bad), 2)


@pytest.mark.parametrize(
    ("sent", "named"),
    [
        (b"", "the body"),
        (b"{", "the body"),
        (b"[]", "the body"),
        (b"{}", "images"),
        (b'{"images": "x"}', "images"),
        (b'{"images": [1]}', r"images\.0"),
        (b'{"images": ["", {"name": "x"}]}', r"images\.1"),
        (b"\xff\xfe", "the body"),
    ],
)
def test_json_of_another_shape_names_the_place(sent: bytes, named: str) -> None:
    with pytest.raises(InvalidRequest, match=named):
        images_of_json(sent, 2)
