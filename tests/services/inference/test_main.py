import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from tests.stand_ins import inference_service
from tests.waiting import PATIENCE, until

from pinakes.core.errors import PortTaken, UnsafeSettings
from pinakes.core.settings import InferenceSettings, Settings
from pinakes.services.inference.main import serve


def test_sigterm_under_load_loses_nothing_accepted(tmp_path: Path) -> None:
    held = tmp_path / "held"
    with (
        inference_service(held=held, workers=1, max_batch=4) as service,
        httpx.Client(base_url=service.url, timeout=PATIENCE, trust_env=False) as client,
        ThreadPoolExecutor(24) as pool,
    ):
        service.wait_until_healthy()

        def ask(number: int) -> int:
            return client.post("/embed", content=b"%d" % number).status_code

        held.touch()
        accepted = [pool.submit(ask, number) for number in range(24)]
        until(lambda: "waiting_items 24.0" in client.get("/metrics").text, "the coming of all")
        service.terminate()
        until(lambda: client.get("/health", timeout=PATIENCE).json()["status"] == "draining", "its draining")
        assert ask(99) == 503
        held.unlink()
        assert [future.result() for future in accepted] == [200] * 24
        assert service.process.wait(PATIENCE) == 0


def test_idle_it_ends_at_once_with_status_0() -> None:
    with inference_service() as service:
        service.wait_until_healthy()
        with httpx.Client(timeout=PATIENCE) as kept_alive:
            kept_alive.get(f"{service.url}/health")
            started = time.monotonic()
            service.terminate()
            assert service.process.wait(PATIENCE) == 0
        assert time.monotonic() - started < 10, "half of what it gives to those who wait"


def test_a_drain_is_bounded_and_a_model_may_still_load() -> None:
    with inference_service(slowness=30, drain_seconds=0.2, load=0.2) as service:
        assert httpx.get(f"{service.url}/health", timeout=PATIENCE).json()["status"] == "loading"
        service.terminate()
        assert service.process.wait(PATIENCE) == 0


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
        assert httpx.post(f"{service.url}/embed", content=b"a", timeout=PATIENCE).status_code == 200
        service.terminate()
        assert service.process.wait(PATIENCE) == 0
        assert isinstance(service.process, subprocess.Popen)
        assert service.process.stderr is not None
        assert service.process.stderr.read() == ""
