"""The OpenAPI description against the service: requests made from it are answered only as it says."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from tests.services.inference.several_models import serving, three_offers

#: Unloading, since every request after it would rightly be refused.
NOT_ASKED = "/unload$"

#: Left out: bodies that fit their schema may still hold no picture, and the other way round.
NOT_CHECKED = "positive_data_acceptance,negative_data_rejection"


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with serving(three_offers(), seconds=5.0) as opened:
        yield opened


def told_of(client: httpx.Client, folder: Path, *options: str) -> str:
    """What a run of schemathesis says; fails unless every answer was one that the description knows."""
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            str(client.base_url.join("/openapi.json")),
            f"--exclude-path-regex={NOT_ASKED}",
            f"--exclude-checks={NOT_CHECKED}",
            "--generation-deterministic",
            "--no-shrink",
            "--no-color",
            *options,
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-8000:]
    return done.stdout


def test_every_answer_of_every_protocol_is_one_that_the_description_knows(
    client: httpx.Client, tmp_path: Path
) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operations = sum(len(methods) for path, methods in paths.items() if not path.endswith("/unload"))
    told = told_of(client, tmp_path, "--phases=coverage")
    assert f"Tested: {operations}" in told, told[-2000:]


def test_requests_made_at_random_find_no_other_answer(client: httpx.Client, tmp_path: Path) -> None:
    assert "passed" in told_of(client, tmp_path, "--phases=fuzzing", "--max-examples=2")
