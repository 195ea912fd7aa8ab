"""Calling a model so that one input it cannot bear fails alone."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from pinakes.core import logging
from pinakes.core.errors import ModelFailed, OutOfMemory
from pinakes.core.types import Caption, Reason, Refusal
from pinakes.models.base import Prepared, Result, TaskModel

#: Infers and postprocesses one batch.
Call = Callable[[Sequence[Prepared]], list[Result]]


def called(task: TaskModel, batch: Sequence[Prepared]) -> list[Result]:
    """Infer and postprocess one batch, without any watch over it."""
    return task.postprocess(task.infer(batch))


def isolating(
    call: Call,
    batch: Sequence[Prepared],
    *,
    dimensions: int,
    failed: Callable[[Exception, int], None] = lambda _error, _size: None,
) -> list[Result | Refusal]:
    """One outcome per input, whatever the model does.

    A call that raises, or answers another number of results, is repeated on each half of its inputs until
    those at fault stand alone; they become a `Refusal` with `Reason.MODEL_FAILED` or, where memory was
    short, `Reason.OUT_OF_MEMORY`. `failed` hears of every call that failed, with the error and the number
    of inputs. A model that fails on everything costs 2 n - 1 calls for n inputs.
    """
    try:
        results = call(batch)
        if len(results) != len(batch):
            raise ModelFailed(f"The model answered {len(results)} results for {len(batch)} inputs.")
        return [_sound(result, dimensions) for result in results]
    except Exception as error:  # a model may raise anything, and its neighbours must not suffer
        failed(error, len(batch))
        if len(batch) == 1:
            return [_refusal(error)]
    half = len(batch) // 2
    first, second = batch[:half], batch[half:]
    return isolating(call, first, dimensions=dimensions, failed=failed) + isolating(
        call, second, dimensions=dimensions, failed=failed
    )


def _refusal(error: Exception) -> Refusal:
    if isinstance(error, (OutOfMemory, MemoryError)):
        return Refusal(Reason.OUT_OF_MEMORY, "There is not enough memory for it.")
    logging.get("models").error("model-failed", exc_info=error)
    return Refusal(Reason.MODEL_FAILED, f"The model failed on it ({type(error).__name__}).")


def _sound(result: Result, dimensions: int) -> Result | Refusal:
    """Return the result, or a refusal in place of a vector that is misshapen or not finite."""
    if isinstance(result, Caption):
        return result
    if result.shape == (dimensions,) and np.isfinite(result).all():
        return result
    return Refusal(Reason.MODEL_FAILED, "The model answered numbers that are no embedding.")
