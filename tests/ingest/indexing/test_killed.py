"""Indexing that is killed at any moment: nothing lost, nothing doubled, nothing embedded twice."""

import json
import subprocess
import sys
from pathlib import Path


def test_killed_fifteen_times_among_changes_it_neither_loses_nor_doubles_a_point(
    repository: Path, tmp_path: Path
) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.ingest.indexing.killing", str(tmp_path), "15"],
        cwd=repository,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    left = json.loads(ran.stdout)
    assert left["killed"] >= 5
    assert left["ended"] == 0, ran.stderr
    assert "embedded again" not in ran.stderr
    assert left["wanted"] == left["documents"] > 50
    assert left["rows"] == 2 * left["wanted"]
    assert (left["lost"], left["extra"], left["unembedded"]) == (0, 0, 0)
