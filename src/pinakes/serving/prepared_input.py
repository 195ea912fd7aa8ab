"""One input to what its model reads: decoded and preprocessed, or refused without harm to any other."""

from __future__ import annotations

from pinakes.core import logging
from pinakes.core.errors import ImageRefused, InvalidRequest, OutOfMemory
from pinakes.core.types import Reason, Refusal
from pinakes.models.base import LoadedModel, Prepared
from pinakes.serving.request import Input, Request, Tensor
from pinakes.serving.watch import Watch


def prepared_input(
    model: LoadedModel, watch: Watch, request: Request, source: Input
) -> Prepared | Refusal | None:
    """Return what a model reads of a request's input, or a refusal of it; None where the request failed."""
    task = model.tasks[request.task]
    try:
        if isinstance(source, Tensor):
            return task.accept(source.array)
        if isinstance(source, bytes):
            with watch.stage("decode", request.observe):
                source = model.decode(source)
        with watch.stage("preprocess", request.observe):
            return task.preprocess(source)
    except ImageRefused as error:
        return Refusal(Reason(error.reason), error.sentence)
    except (OutOfMemory, MemoryError):
        return Refusal(Reason.OUT_OF_MEMORY, "There is not enough memory to prepare it.")
    except InvalidRequest as error:
        request.fail(error)
        return None
    except Exception as error:  # a decoder or tokenizer may raise anything; it concerns this input only
        logging.get("serving").error("preparation-failed", model=model.name, exc_info=error)
        return Refusal(Reason.MODEL_FAILED, f"It could not be prepared ({type(error).__name__}).")
