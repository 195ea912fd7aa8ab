"""The OpenAPI description against the service: requests made from it are answered only as it says."""

import subprocess
import sys
from pathlib import Path

from tests.services.inference.several_models import serving, three_offers

#: Paths of our own protocol; unloading is left out, since every request after it would rightly be refused.
OURS = r"^/($|health|livez|readyz|embed|caption|labels|models($|/\{name\}($|/load)))"

#: Left out: bodies that fit their schema may still hold no picture, and the other way round.
LEFT_OUT = "positive_data_acceptance,negative_data_rejection"


def test_every_answer_is_one_that_the_description_knows(tmp_path: Path) -> None:
    program = Path(sys.executable).with_name("schemathesis")
    with serving(three_offers(), seconds=5.0) as client:
        done = subprocess.run(
            [
                str(program),
                "run",
                str(client.base_url.join("/openapi.json")),
                f"--include-path-regex={OURS}",
                f"--exclude-checks={LEFT_OUT}",
                "--phases=coverage,fuzzing",
                "--max-examples=5",
                "--max-time=10",
                "--generation-deterministic",
                "--no-shrink",
                "--no-color",
            ],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=90,
            check=False,
        )
    assert done.returncode == 0, done.stdout[-8000:]
    assert "Tested: 10" in done.stdout, done.stdout[-2000:]
