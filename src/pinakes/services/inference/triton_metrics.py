"""Triton's names for what the engine counts, so that dashboards made for Triton show this service too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from prometheus_client import Counter, Metric
from prometheus_client.registry import Collector
from prometheus_client.samples import Sample

from pinakes.core.types import Reason
from pinakes.serving.catalogue import ModelStatus
from pinakes.serving.engine import Engine
from pinakes.serving.metrics import InferenceMetrics

#: Refusals that Triton calls the backend's; all others of an input are its OTHER.
BACKEND_REASONS = frozenset({Reason.MODEL_FAILED, Reason.OUT_OF_MEMORY})

#: Triton's words for inputs that were asked and not answered; it rejects those, too, whose time ran out.
DROPPED = {"rejected": "REJECTED", "late": "REJECTED", "cancelled": "CANCELED"}

#: Triton's reasons, in its order.
FAILURES = ("REJECTED", "CANCELED", "BACKEND", "OTHER")


@dataclass(frozen=True, slots=True)
class _Family:
    """One of Triton's metrics that a model's status tells."""

    name: str
    told: str
    value: Callable[[ModelStatus], float]


#: Triton's names and what they count here: inputs, where Triton counts requests, since each input is batched
#: and settled by itself. Durations are totals in microseconds.
FAMILIES = (
    _Family("nv_inference_request_success", "Inputs answered.", lambda it: it.statistics.success.count),
    _Family(
        "nv_inference_count", "Inputs that the model answered.", lambda it: it.statistics.inference_count
    ),
    _Family("nv_inference_exec_count", "Calls of the model.", lambda it: it.statistics.execution_count),
    _Family(
        "nv_inference_request_duration_us", "Arrival to answer.", lambda it: _us(it.statistics.success.ns)
    ),
    _Family("nv_inference_queue_duration_us", "Waiting.", lambda it: _us(it.statistics.queue.ns)),
    _Family(
        "nv_inference_compute_input_duration_us",
        "Decoding and preprocessing.",
        lambda it: _us(it.statistics.compute_input.ns),
    ),
    _Family(
        "nv_inference_compute_infer_duration_us",
        "In the model, counted for each input of a batch.",
        lambda it: _us(it.statistics.compute_infer.ns),
    ),
    _Family(
        "nv_inference_compute_output_duration_us",
        "After the model, counted for each input of a batch.",
        lambda it: _us(it.statistics.compute_output.ns),
    ),
    _Family(
        "nv_cache_num_hits_per_model",
        "Inputs found in the result cache.",
        lambda it: it.statistics.cache_hit.count,
    ),
    _Family(
        "nv_cache_num_misses_per_model", "Inputs not found there.", lambda it: it.statistics.cache_miss.count
    ),
)

#: What goes up and down; the others only grow until a model is loaded anew.
PENDING = _Family(
    "nv_inference_pending_request_count", "Requests accepted and not answered.", lambda it: it.pending
)


class TritonMetrics(Collector):
    """Reads the engine whenever metrics are asked for; costs nothing in between."""

    def __init__(self, engine: Engine, metrics: InferenceMetrics) -> None:
        self._engine = engine
        self._metrics = metrics

    def collect(self) -> Iterable[Metric]:
        """Every family, with a sample for each model there is."""
        statuses = self._engine.statuses()
        # Triton's counters lack the _total that the format wants of counters: they go out without a type.
        yield from (_metric(family, "unknown", statuses) for family in FAMILIES)
        yield _metric(PENDING, "gauge", statuses)
        yield self._failures(statuses)

    def _failures(self, statuses: Sequence[ModelStatus]) -> Metric:
        """Inputs not answered, by Triton's reasons."""
        metric = Metric("nv_inference_request_failure", "Inputs not answered.", "unknown")
        failed = self._failed()
        for status in statuses:
            for reason in FAILURES:
                count = failed[status.offer.name, reason] if status.offer.current else 0.0
                metric.add_sample(metric.name, {**_labels(status), "reason": reason}, count)
        return metric

    def _failed(self) -> Mapping[tuple[str, str], float]:
        """Inputs not answered so far, by model and Triton's reason."""
        found: dict[tuple[str, str], float] = defaultdict(float)
        for sample in _totals(self._metrics.refusals):
            reason = "BACKEND" if sample.labels["reason"] in BACKEND_REASONS else "OTHER"
            found[sample.labels["model"], reason] += sample.value
        for sample in _totals(self._metrics.dropped):
            found[sample.labels["model"], DROPPED[sample.labels["why"]]] += sample.value
        return found


def _totals(counter: Counter) -> Iterator[Sample]:
    for metric in counter.collect():
        yield from (sample for sample in metric.samples if sample.name.endswith("_total"))


def _metric(family: _Family, kind: str, statuses: Sequence[ModelStatus]) -> Metric:
    metric = Metric(family.name, family.told, kind)
    for status in statuses:
        metric.add_sample(family.name, _labels(status), family.value(status))
    return metric


def _labels(status: ModelStatus) -> dict[str, str]:
    return {"model": status.offer.name, "version": str(status.offer.version)}


def _us(ns: int) -> int:
    return ns // 1000
