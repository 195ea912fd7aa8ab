"""What a caller asks for when a model is loaded."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from pinakes.models.base import Decode

#: Gives the decoder to upright sRGB pixels whose sides are both at least so many pixels, as far as the
#: picture has them. Handed in, since decoding is another room's.
DecodeFor = Callable[[int], Decode]


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """One model as it shall be in memory.

    Attributes:
        name, revision: of its identity.
        decode_for: gives the decoder for a side in pixels.
        threads: that an inference runs on while no other runs.
        beside: threads of an inference beside others, for which large models are in memory a second time;
            0 for as many as alone.
        variant: which of several graphs, such as "int8"; empty for full precision.
    """

    name: str
    revision: str
    decode_for: DecodeFor
    threads: int
    variant: str = ""
    beside: int = 0

    @property
    def concurrency(self) -> int:
        """Inferences at once that pay off: as many as have cores of their own."""
        return _shares(self.threads)

    @property
    def concurrency_beside(self) -> int:
        """The same, where the model is there for calls beside others."""
        return _shares(self.beside or self.threads)


def _shares(threads: int) -> int:
    return max(1, len(os.sched_getaffinity(0)) // threads)
