"""Metrics live on a registry of their own and come out in Prometheus's text form."""

from prometheus_client.parser import text_string_to_metric_families

from pinakes.core.metrics import exposition
from pinakes.serving.metrics import InferenceMetrics


def test_two_sets_of_metrics_live_in_one_process() -> None:
    first, second = InferenceMetrics(), InferenceMetrics()
    first.requests.labels("native", "done").inc()
    labels = {"door": "native", "outcome": "done"}
    assert first.registry.get_sample_value("pinakes_inference_requests_total", labels) == 1
    assert second.registry.get_sample_value("pinakes_inference_requests_total", labels) is None


def test_the_exposition_is_what_prometheus_reads() -> None:
    metrics = InferenceMetrics()
    metrics.stage.labels("infer", "m").observe(0.003)
    families = {f.name: f for f in text_string_to_metric_families(exposition(metrics.registry).decode())}
    assert families["pinakes_inference_stage_seconds"].type == "histogram"
    assert all(family.documentation.endswith(".") for family in families.values())
