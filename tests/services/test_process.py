import socket

import pytest

from pinakes.core.errors import InvalidRequest, PortTaken, UnsafeSettings
from pinakes.services.process import check_bind, open_listener, url_of


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "::1"])
def test_loopback_needs_no_key(host: str) -> None:
    assert check_bind(host, guarded=False, variable="KEY") is None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "192.168.1.5", "photos.example", "10.0.0.1"])
def test_elsewhere_a_key_is_needed(host: str) -> None:
    with pytest.raises(UnsafeSettings) as caught:
        check_bind(host, guarded=False, variable="PINAKES_X__API_KEY")
    assert "PINAKES_X__API_KEY" in caught.value.remedy
    check_bind(host, guarded=True, variable="PINAKES_X__API_KEY")


def test_a_free_port_is_taken_and_named() -> None:
    with open_listener("127.0.0.1", 0) as listener:
        assert url_of(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"
        with socket.create_connection(listener.getsockname()):
            pass


def test_a_taken_port_is_said_before_anything_starts() -> None:
    with open_listener("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(PortTaken, match=str(port)) as caught:
            open_listener("127.0.0.1", port)
    assert "--port" in caught.value.remedy


@pytest.mark.parametrize("host", ["no such host", "192.0.2.1"])
def test_an_address_that_is_not_ours(host: str) -> None:
    with pytest.raises(InvalidRequest, match=host):
        open_listener(host, 0)


def test_localhost_is_where_ipv4_clients_look() -> None:
    with open_listener("localhost", 0) as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
