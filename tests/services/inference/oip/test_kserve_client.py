"""The KServe SDK's clients; where the SDK is not installed, what it does on the wire is done by hand.

The SDK brings Kubernetes' client, pandas and a server of its own, and is therefore not among the
development tools: `pip install kserve` lets the tests below the first two run.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import httpx
import numpy as np
import pytest
from tests.services.inference.oip.pictures_service import BROKEN, FILES, built_in_service, expected
from tests.services.inference.oip.serving import Service

from pinakes.models.built_in import IDENTITY

MODEL = IDENTITY.name


@pytest.fixture(scope="module")
def running() -> Iterator[Service]:
    with built_in_service() as opened:
        yield opened


@pytest.fixture(scope="module")
def sdk() -> Any:
    return pytest.importorskip("kserve", reason="the KServe SDK is not installed", exc_type=ImportError)


def test_health_is_read_from_the_body(running: Service) -> None:
    assert running.client.get("/v2/health/ready").json().get("ready") is True
    assert running.client.get("/v2/health/live").json().get("live") is True


def test_errors_are_read_only_where_the_media_type_is_exactly_json(running: Service) -> None:
    raw = len(BROKEN).to_bytes(4, "little") + BROKEN
    tensor = {
        "name": "images",
        "shape": [1],
        "datatype": "BYTES",
        "parameters": {"binary_data_size": len(raw)},
    }
    head = json.dumps({"id": "7", "inputs": [tensor]}).encode()
    headers = {"inference-header-content-length": str(len(head)), "content-type": "application/octet-stream"}
    refused = running.client.post(f"/v2/models/{MODEL}/infer", content=head + raw, headers=headers)
    assert refused.headers["content-type"] == "application/json"
    assert "images[0] was refused" in refused.json()["error"]


def infer_request(sdk: Any) -> Any:
    tensor = sdk.InferInput("images", [len(FILES)], "BYTES")
    tensor.set_data_from_numpy(np.array(FILES, dtype=object), binary_data=True)
    return sdk.InferRequest(MODEL, [tensor], request_id="7")


def test_the_rest_client_of_the_sdk(running: Service, sdk: Any) -> None:
    async def ask() -> None:
        client = sdk.InferenceRESTClient(sdk.RESTConfig(protocol="v2"))
        base = str(running.client.base_url)
        assert await client.is_server_ready(base) is True
        assert await client.is_server_live(base) is True
        assert await client.is_model_ready(base, MODEL) is True
        assert await client.is_model_ready(base, "other") is False
        answer = await client.infer(base, infer_request(sdk), model_name=MODEL)
        assert answer.id == "7"
        assert np.allclose(answer.outputs[0].as_numpy(), expected(), atol=1e-6)
        with pytest.raises(httpx.HTTPStatusError, match=r"There is no model 'other' here\."):
            await client.infer(base, infer_request(sdk), model_name="other")
        await client.close()

    asyncio.run(ask())


def test_the_grpc_client_of_the_sdk(running: Service, sdk: Any) -> None:
    async def ask() -> None:
        client = sdk.InferenceGRPCClient(running.grpc)
        assert await client.is_server_ready()
        assert await client.is_server_live()
        assert await client.is_model_ready(MODEL)
        answer = await client.infer(infer_request(sdk))
        assert np.allclose(answer.outputs[0].as_numpy(), expected(), atol=1e-6)
        await client.close()

    asyncio.run(ask())
