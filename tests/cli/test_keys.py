import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests.running import environment

from pinakes.core.settings import InferenceSettings
from pinakes.services.http.keys import keys_of


def new(tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "pinakes", "keys", "new", *options]
    return subprocess.run(command, capture_output=True, text=True, env=environment(tmp_path), check=False)


def test_a_key_is_shown_once_and_the_service_is_told_its_hash(tmp_path: Path) -> None:
    done = new(tmp_path, "camera", "--scope", "infer", "--scope", "metrics", "--rate", "5")
    assert done.returncode == 0, done.stderr
    key, line = done.stdout.strip(), done.stderr.splitlines()[-1]
    assert key not in done.stderr
    entry = json.loads(line)
    assert (entry["name"], entry["scopes"], entry["requests_per_second"]) == (
        "camera",
        ["infer", "metrics"],
        5,
    )
    keys = keys_of(InferenceSettings.model_validate({"keys": [entry]}))
    assert keys.admit(f"Bearer {key}", frozenset({"metrics"})).name == "camera"


@pytest.mark.parametrize(
    "options", [["a b"], [""], ["a", "--scope", "all"], ["a", "--rate", "-1"], ["a", "--rate", "inf"]]
)
def test_what_makes_no_key_is_wrong_usage(tmp_path: Path, options: list[str]) -> None:
    done = new(tmp_path, *options)
    assert done.returncode == 2
    assert done.stdout == ""
