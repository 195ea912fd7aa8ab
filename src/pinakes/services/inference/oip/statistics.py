"""A model's totals in the form of the statistics extension."""

from __future__ import annotations

from typing import Any

from pinakes.serving.catalogue import ModelStatus
from pinakes.serving.statistics import Total

#: Totals of a batch size that answers name alike.
OF_BATCHES = ("compute_input", "compute_infer", "compute_output")

#: Totals of `Snapshot` that answers name alike.
STAGES = ("success", "fail", "queue", *OF_BATCHES, "cache_hit", "cache_miss")


def statistics_of(status: ModelStatus) -> dict[str, Any]:
    """One entry of `model_stats`: counts, and times in nanoseconds, since the model was loaded.

    Inputs are prepared one by one, before it is known who shares a batch: `compute_input` of a batch size is
    what its inputs took altogether.
    """
    now = status.statistics
    return {
        "name": status.offer.name,
        "version": str(status.offer.version),
        "last_inference": now.last_inference,
        "inference_count": now.inference_count,
        "execution_count": now.execution_count,
        "inference_stats": {stage: _duration(getattr(now, stage)) for stage in STAGES},
        "batch_stats": [
            {"batch_size": size, **{stage: _duration(getattr(totals, stage)) for stage in OF_BATCHES}}
            for size, totals in now.batches.items()
        ],
    }


def _duration(total: Total) -> dict[str, int]:
    return {"count": total.count, "ns": total.ns}
