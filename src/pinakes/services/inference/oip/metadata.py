"""What the service and its models say of themselves: metadata and configuration."""

from __future__ import annotations

from collections.abc import Sequence, Set
from importlib.metadata import version
from typing import Any

from pinakes.core.settings import InferenceSettings
from pinakes.core.types import Task
from pinakes.services.inference.oip.signature import Port, inputs_of, outputs_of
from pinakes.serving.catalogue import ModelStatus

#: Extensions of the protocol that are implemented; clients rely on what is listed.
EXTENSIONS = (
    "binary_tensor_data",
    "parameters",
    "schedule_policy",
    "statistics",
    "model_configuration",
    "model_repository",
    "model_repository(unload_dependents)",
)

#: What executes the models, in the protocol's word.
PLATFORM = "pinakes"


def server_metadata() -> dict[str, Any]:
    """Name, version and extensions of the service."""
    return {"name": "pinakes", "version": version("pinakes"), "extensions": list(EXTENSIONS)}


def model_metadata(status: ModelStatus, tasks: Set[Task], versions: Sequence[int]) -> dict[str, Any]:
    """A model's versions and tensors, and what makes its results comparable."""
    inputs, outputs = _ports(status, tasks)
    told = {
        "name": status.offer.name,
        "versions": [str(number) for number in versions],
        "platform": PLATFORM,
        "inputs": [_tensor(port) for port in inputs],
        "outputs": [_tensor(port) for port in outputs],
    }
    return told | {"parameters": {"revision": status.offer.revision} | _preprocess(status)}


def model_config(status: ModelStatus, tasks: Set[Task], limits: InferenceSettings) -> dict[str, Any]:
    """A model's configuration as Triton words it.

    `max_batch_size` is 0: the axis of the items is part of the shapes, as Triton puts it for such models.
    The service batches by itself, also across requests, which `dynamic_batching` says.
    """
    inputs, outputs = _ports(status, tasks)
    facts = {
        "max_items": str(limits.max_items),
        "max_batch": str(limits.max_batch),
        "revision": status.offer.revision,
    } | _preprocess(status)
    return {
        "name": status.offer.name,
        "platform": PLATFORM,
        "backend": PLATFORM,
        "max_batch_size": 0,
        "input": [_configured(port) | {"optional": len(inputs) > 1} for port in inputs],
        "output": [_configured(port) for port in outputs],
        "dynamic_batching": {"priority_levels": 3, "default_priority_level": 2},
        "parameters": {name: {"string_value": value} for name, value in facts.items()},
    }


def _ports(status: ModelStatus, tasks: Set[Task]) -> tuple[list[Port], list[Port]]:
    dimensions = status.identity.dimensions if status.identity else 0
    return inputs_of(tasks, status.input_side), outputs_of(tasks, dimensions)


def _preprocess(status: ModelStatus) -> dict[str, str]:
    return {"preprocess": status.identity.preprocess} if status.identity else {}


def _tensor(port: Port) -> dict[str, Any]:
    return {"name": port.name, "datatype": port.datatype, "shape": list(port.shape)}


def _configured(port: Port) -> dict[str, Any]:
    datatype = "STRING" if port.datatype == "BYTES" else port.datatype
    return {"name": port.name, "data_type": f"TYPE_{datatype}", "dims": list(port.shape)}
