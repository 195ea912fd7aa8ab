"""A directory of weights to a model in memory: which layout it is in, and who loads that."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pinakes.core.errors import ModelUnusable, PinakesError
from pinakes.models.base import LoadedModel
from pinakes.models.layouts import Layout, layout_of, paths_in
from pinakes.models.tasks.load_options import DecodeFor, LoadOptions


def kind_of(directory: Path) -> Layout:
    """The layout of a model's directory.

    Raises:
        ModelUnusable: the directory is in no layout that is known here.
    """
    found = layout_of(paths_in(directory))
    if found is None:
        raise _unknown(directory)
    return found


def load(
    directory: Path,
    *,
    name: str,
    revision: str,
    decode_for: DecodeFor,
    threads: int,
    variant: str = "",
    beside: int = 0,
) -> LoadedModel:
    """Load the model in a directory.

    `decode_for(side)` gives the decoder to pixels whose shorter side is at least `side`. `variant` chooses
    among the graphs of one model: "int8", "fp16" …; empty for full precision. `LoadOptions` says what
    `threads` and `beside` are.

    Raises:
        ModelUnusable: a file is absent or damaged, the kind is unknown, or an extra is not installed.
        OutOfMemory: the model does not fit.
    """
    options = LoadOptions(name, revision, decode_for, threads, variant, beside)
    try:
        return _loader(kind_of(directory))(directory, options)
    except PinakesError:
        raise
    except Exception as error:  # settings of the wrong type fail anywhere
        raise ModelUnusable(
            f"The model's files contradict one another, or are not what they say ({type(error).__name__}).",
            remedy="Get the model again, with all its files.",
        ) from error


def _loader(kind: Layout) -> Callable[[Path, LoadOptions], LoadedModel]:
    """Who loads a layout; a runtime is imported only where a model needs it."""
    if kind == Layout.TRANSFORMERS:
        from pinakes.models.runtimes import transformers_model

        return transformers_model.load
    if kind == Layout.CAPTIONER:
        from pinakes.models.runtimes import onnx_captioner

        return onnx_captioner.load
    from pinakes.models.runtimes import onnx_dual_encoder

    return onnx_dual_encoder.from_immich if kind == Layout.IMMICH else onnx_dual_encoder.from_optimum


def _unknown(directory: Path) -> ModelUnusable:
    if not directory.is_dir():
        return ModelUnusable("The model's directory does not exist.", remedy="Get the model again.")
    if any(directory.glob("*.bin")) or any(directory.glob("*.pt")):
        return ModelUnusable(
            "The model's weights are pickled, which may run any code and is never loaded.",
            remedy="Get it as safetensors or ONNX.",
        )
    return ModelUnusable(
        "The directory holds no model of a known layout: neither ONNX graphs nor model.safetensors.",
        remedy="Get a CLIP, SigLIP or BLIP model; docs/guide/models.md lists the layouts.",
    )
