import re
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from tests.stand_ins import inference_service

from pinakes.core.errors import PortTaken, UnsafeSettings
from pinakes.core.settings import InferenceSettings, Settings
from pinakes.services.inference.main import serve


def test_sigterm_under_load_loses_nothing_accepted() -> None:
    with (
        inference_service(slowness=0.1, workers=1, max_batch=4) as service,
        httpx.Client(base_url=service.url, timeout=30, trust_env=False) as client,
        ThreadPoolExecutor(24) as pool,
    ):
        service.wait_until_healthy()

        def ask(number: int) -> int:
            return client.post("/embed", content=b"%d" % number).status_code

        accepted = [pool.submit(ask, number) for number in range(24)]
        until = time.monotonic() + 10
        while inside(client) < 24:
            assert time.monotonic() < until
        service.terminate()
        seen: set[object] = set()
        while not all(future.done() for future in accepted):
            try:
                seen |= {client.get("/health").json()["status"], ask(99)}
            except httpx.TransportError:
                break  # all is answered, and it no longer listens
        assert [future.result() for future in accepted] == [200] * 24
        assert "draining" in seen
        assert 503 in seen
        assert service.process.wait(10) == 0


def inside(client: httpx.Client) -> float:
    """Requests that were ever let in, of one picture each: those that wait and those answered."""
    counted = re.findall(
        r'^pinakes_inference_(?:waiting_items|requests_total{door="native",outcome="answered"}) (.*)$',
        client.get("/metrics").text,
        re.MULTILINE,
    )
    return sum(map(float, counted))


def test_idle_it_ends_at_once_with_status_0() -> None:
    with inference_service() as service:
        service.wait_until_healthy()
        with httpx.Client() as kept_alive:
            kept_alive.get(f"{service.url}/health")
            started = time.monotonic()
            service.terminate()
            assert service.process.wait(5) == 0
        assert time.monotonic() - started < 3


def test_a_drain_is_bounded_and_a_model_may_still_load() -> None:
    with inference_service(slowness=30, drain_seconds=0.2, load=0.2) as service:
        assert httpx.get(f"{service.url}/health").json()["status"] == "loading"
        service.terminate()
        assert service.process.wait(10) == 0


def test_a_taken_port_is_one_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"Port {port} on 127.0.0.1 is taken"):
            serve(Settings(), port=port)


def test_beyond_this_machine_a_key_is_needed() -> None:
    with pytest.raises(UnsafeSettings, match=r"0\.0\.0\.0"):
        serve(Settings(inference=InferenceSettings(api_key=None)), host="0.0.0.0", port=0)


def test_standard_error_says_where_it_listens_and_nothing_else() -> None:
    with inference_service() as service:
        service.wait_until_healthy()
        assert httpx.post(f"{service.url}/embed", content=b"a").status_code == 200
        service.terminate()
        assert service.process.wait(5) == 0
        assert isinstance(service.process, subprocess.Popen)
        assert service.process.stderr is not None
        assert service.process.stderr.read() == ""
