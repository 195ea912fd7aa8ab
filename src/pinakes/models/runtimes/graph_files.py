"""Which file of a graph is meant where it lies there in several precisions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pinakes.core.errors import ModelUnusable


@dataclass(frozen=True, slots=True)
class GraphFile:
    """A graph by its folder and the name that its files begin with, such as `vision_model`."""

    folder: Path
    stem: str

    @property
    def variants(self) -> set[str]:
        """The precisions it is there in, such as `fp16`; an empty name stands for the full one."""
        name = re.compile(rf"{self.stem}(?:_(?!merged)(?P<variant>\w+))?\.onnx")
        found = (name.fullmatch(path.name) for path in self.folder.glob(f"{self.stem}*.onnx"))
        return {match["variant"] or "" for match in found if match}

    def in_variant(self, variant: str) -> Path:
        """The file of a variant, such as `vision_model_int8.onnx`.

        Raises:
            ModelUnusable: there is none; the remedy says which there are.
        """
        file = self.folder / (f"{self.stem}_{variant}.onnx" if variant else f"{self.stem}.onnx")
        if file.is_file():
            return file
        there = ", ".join(sorted(variant or "full" for variant in self.variants))
        raise ModelUnusable(
            f"The model lacks the file {self.folder.name}/{file.name}.",
            remedy=f"Choose another variant: it has {there}." if there else "Get the model again.",
        )


def variant_meant(graphs: Sequence[GraphFile], variant: str) -> str:
    """The variant itself, or the only one that a model has where none is named and none is of full precision.

    A model that was published in sixteen bits only is run so, and says so in its identity.
    """
    if variant:
        return variant
    common = set.intersection(*(graph.variants for graph in graphs))
    return common.pop() if len(common) == 1 else ""
