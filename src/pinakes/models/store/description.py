"""Whether a model is described so that it can be run, before its weights are fetched or copied."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pinakes.core.errors import ModelUnusable
from pinakes.models.layouts import Layout, lacking, layout_of
from pinakes.models.runtimes.transformers_weights import require_known_kind
from pinakes.models.store.chosen_files import no_weights
from pinakes.models.tasks.model_directory import read_config
from pinakes.models.tasks.picture_settings import from_open_clip, picture_input_of


def described_layout(paths: Collection[str], *, of: str) -> Layout:
    """The layout of a model with these files, once all that describes it is among them.

    Raises:
        ModelUnusable: it is in none that is known, or lacks a file; the message names it.
    """
    layout = layout_of(paths)
    if layout is None:
        raise no_weights(of, paths)
    missing = lacking(layout, paths)
    if missing == ["tokenizer.json"] and "vocab.json" in paths:
        raise ModelUnusable(
            f"{of} has its tokenizer in an older form only, without tokenizer.json.",
            remedy="Make one with transformers: AutoTokenizer.from_pretrained(DIR).save_pretrained(DIR).",
        )
    if missing:
        raise ModelUnusable(
            f"{of} lacks {', '.join(missing)}, without which its weights cannot be used.",
            remedy="Copy all files of the repository; those of the original model may serve.",
        )
    return layout


def require_known(folder: Path, layout: Layout) -> None:
    """Refuse a model whose own description says that it cannot be run here.

    Raises:
        ModelUnusable: it is of another kind, or prepares pictures in a way that is not known here.
    """
    if layout is Layout.IMMICH:
        from_open_clip(read_config(folder / "visual" / "preprocess_cfg.json"))
        return
    config = read_config(folder / "config.json")
    if layout is Layout.TRANSFORMERS:
        require_known_kind(config)
    picture_input_of(folder, config)
