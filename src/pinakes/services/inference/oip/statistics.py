"""A model's totals in the form of the statistics extension."""

from __future__ import annotations

from typing import Any

from pinakes.serving.catalogue import ModelStatus
from pinakes.serving.statistics import Total

#: Totals of `Snapshot` that answers name alike.
STAGES = "success fail queue compute_input compute_infer compute_output cache_hit cache_miss".split()


def statistics_of(status: ModelStatus) -> dict[str, Any]:
    """One entry of `model_stats`: counts, and times in nanoseconds, since the model was loaded.

    For each batch size only the time in the model is measured: preparation is not done in batches.
    """
    now = status.statistics
    nothing = _duration(Total())
    return {
        "name": status.offer.name,
        "version": str(status.offer.version),
        "last_inference": now.last_inference,
        "inference_count": now.inference_count,
        "execution_count": now.execution_count,
        "inference_stats": {stage: _duration(getattr(now, stage)) for stage in STAGES},
        "batch_stats": [
            {
                "batch_size": size,
                "compute_input": nothing,
                "compute_infer": _duration(total),
                "compute_output": nothing,
            }
            for size, total in sorted(now.batches.items())
        ],
    }


def _duration(total: Total) -> dict[str, int]:
    return {"count": total.count, "ns": total.ns}
