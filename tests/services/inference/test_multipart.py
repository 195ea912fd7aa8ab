import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pinakes.core.errors import InvalidRequest
from pinakes.services.inference.multipart import Part, boundary_of, parts_of

HEAD = b'Content-Disposition: form-data; name="images"; filename="a.jpg"\r\n\r\n'


@given(
    st.lists(st.binary(max_size=200) | st.sampled_from([b"\r\n", b"--", b"\r\n--", b"\r\n\r\n"]), min_size=1)
)
def test_what_a_client_sends_comes_back_whole(contents: list[bytes]) -> None:
    files = [("images", (f"{number}.jpg", content)) for number, content in enumerate(contents)]
    request = httpx.Request("POST", "http://localhost/", files=files)
    parts = list(parts_of(request.read(), boundary_of(request.headers["content-type"])))
    assert parts == [Part("images", f"{number}.jpg", content) for number, content in enumerate(contents)]


def test_curl_wraps_what_it_likes() -> None:
    body = b"preamble\r\n--b \t\r\n" + HEAD + b"one\r\n--b\r\nX: y\r\n" + HEAD + b"\r\n--b--\r\nepilogue"
    assert list(parts_of(body, b"b")) == [Part("images", "a.jpg", b"one"), Part("images", "a.jpg", b"")]


def test_no_part_is_no_error() -> None:
    assert list(parts_of(b"--b--\r\n", b"b")) == []


def test_names_beyond_ascii_and_plain_fields() -> None:
    body = '--b\r\nContent-Disposition: form-data; name="größe"\r\n\r\n1\r\n--b--'.encode()
    assert list(parts_of(body, b"b")) == [Part("größe", None, b"1")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no boundary",
        b"x--b\r\n" + HEAD + b"1\r\n--b--",
        b"--b",
        b"--b\r\n",
        b"--b\r\n" + HEAD + b"never ends",
        b"--b\r\n" + HEAD + b"1\r\n--bother\r\n",
        b"--b\r\n\r\n1\r\n--b--",
        b"--b\r\nX: " + b"y" * 20_000 + b"\r\n\r\n1\r\n--b--",
    ],
)
def test_what_is_malformed_is_said(body: bytes) -> None:
    with pytest.raises(InvalidRequest, match="multipart"):
        list(parts_of(body, b"b"))


@pytest.mark.parametrize("declared", ["multipart/form-data", "multipart/form-data; boundary=", ""])
def test_a_boundary_is_needed(declared: str) -> None:
    with pytest.raises(InvalidRequest, match="boundary"):
        boundary_of(declared)
