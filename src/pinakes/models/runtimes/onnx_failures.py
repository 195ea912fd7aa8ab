"""What onnxruntime says when a graph cannot be loaded or run, told in a sentence with what to do."""

from __future__ import annotations

from pathlib import Path

from pinakes.core.errors import ModelFailed, ModelUnusable, OutOfMemory
from pinakes.models.runtimes.memory import no_memory
from pinakes.models.tasks.model_directory import damaged

#: What allocators say when there is no memory left: onnxruntime's own, the C++ library's, CUDA's.
_NO_MEMORY = ("allocate memory", "bad_alloc", "bad allocation", "out of memory", "alloc_failed")

#: What it says of files in a later version of the format, or of the operators, than it knows.
_TOO_NEW = ("unsupported model ir version", "is under development")

#: What it says of operators that it does not have, or not for this type of numbers or this processor.
_UNKNOWN = ("is not a registered function/op", "no op registered for", "not_implemented")


def not_loaded(path: Path, error: Exception) -> OutOfMemory | ModelUnusable:
    """The error for a graph that could not be opened."""
    said = str(error).lower()
    if _is_of_memory(error):
        return no_memory()
    if "external data" in said or ".onnx_data" in said:
        return ModelUnusable(
            f"The weights beside {path.name} are missing or damaged.",
            remedy=f"Get the model again, with {path.name}_data or whatever lies beside it.",
        )
    if any(sign in said for sign in _TOO_NEW):
        return ModelUnusable(
            f"{path.parent.name}/{path.name} was written for a newer onnxruntime than is installed.",
            remedy="Run `pip install --upgrade onnxruntime`, or get the model in an older version of ONNX.",
        )
    if any(sign in said for sign in _UNKNOWN):
        return ModelUnusable(
            f"{path.parent.name}/{path.name} uses an operator that onnxruntime does not have here.",
            remedy="Take the model in another precision or export, or upgrade onnxruntime.",
        )
    return damaged(path)


def not_run(error: Exception) -> OutOfMemory | ModelFailed:
    """The error for a graph that failed on its inputs."""
    if _is_of_memory(error):
        return no_memory()
    return ModelFailed(f"The model cannot be run on this input ({type(error).__name__}).")


def _is_of_memory(error: Exception) -> bool:
    said = str(error).lower()
    return isinstance(error, MemoryError) or any(sign in said for sign in _NO_MEMORY)
