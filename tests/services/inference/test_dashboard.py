"""What the dashboard, the alerts and the guide ask for is what the service says."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.services.inference.openai.one_service import service
from tests.stand_ins import StandInModel

#: A name of ours or of Triton's.
NAME = re.compile(r"\b(?:pinakes_inference|nv_inference|nv_cache)_[a-z_]+\b")

#: Where they are written down.
PLACES = ("deploy/grafana/inference.json", "deploy/prometheus/inference.rules.yml", "docs/guide/metrics.md")

#: What a histogram's name ends in.
OF_HISTOGRAMS = ("_bucket", "_sum", "_count")


@pytest.fixture(scope="module")
def exposed() -> Iterator[dict[str, str]]:
    """The type of each metric by its name, as an idle service says it."""
    with service(StandInModel()) as client:
        types = re.findall(r"^# TYPE (\S+) (\S+)$", client.get("/metrics").text, re.MULTILINE)
        yield dict(types)


def names_of(exposed: dict[str, str]) -> set[str]:
    """Every name that may be asked for; those of a histogram only by its parts."""
    return {
        f"{name}{suffix}"
        for name, kind in exposed.items()
        for suffix in (OF_HISTOGRAMS if kind == "histogram" else ("",))
    }


@pytest.mark.parametrize("place", PLACES[:2])
def test_every_metric_that_is_queried_exists(repository: Path, exposed: dict[str, str], place: str) -> None:
    asked = set(NAME.findall((repository / place).read_text("utf-8")))
    assert len(asked) >= 5
    assert asked - names_of(exposed) == set()


def test_every_metric_of_the_guide_exists(repository: Path, exposed: dict[str, str]) -> None:
    told = set(NAME.findall((repository / PLACES[2]).read_text("utf-8")))
    assert told - names_of(exposed) - set(exposed) == set()


def test_the_guide_tells_of_every_metric(repository: Path, exposed: dict[str, str]) -> None:
    guide = (repository / PLACES[2]).read_text("utf-8")
    ours = {name for name in exposed if not name.endswith("_created")}
    assert {name for name in ours if name not in guide} == set()


def test_the_dashboard_is_whole(repository: Path) -> None:
    board = json.loads((repository / PLACES[0]).read_text("utf-8"))
    panels = board["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    assert len({(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["title"] and panel["description"]
        for target in panel["targets"]:
            assert NAME.search(target["expr"])
            assert target["expr"].count("(") == target["expr"].count(")")


def test_every_alert_is_explained(repository: Path) -> None:
    rules = (repository / PLACES[1]).read_text("utf-8")
    guide = (repository / PLACES[2]).read_text("utf-8")
    alerts = re.findall(r"alert: (\w+)", rules)
    assert len(alerts) >= 5
    assert [alert for alert in alerts if alert not in guide] == []


def test_the_stages_that_are_asked_for_are_those_that_are_timed(repository: Path) -> None:
    with service(StandInModel()) as client:
        assert client.post("/v1/embeddings", json={"input": "a"}).status_code == 200
        timed = set(re.findall(r'stage_seconds_count{.*?stage="([a-z]+)"', client.get("/metrics").text))
    written = (repository / PLACES[0]).read_text("utf-8")
    asked = {
        stage for chosen in re.findall(r'stage!?=~?\\"([a-z|]+)\\"', written) for stage in chosen.split("|")
    }
    assert asked
    assert asked - timed == set()
