"""Choosing the driver of a protocol by its name; the one place that knows them all."""

from __future__ import annotations

from typing import assert_never

from pinakes.clients.protocols.base import Dialect
from pinakes.core.settings import ClientSettings


def open_dialect(settings: ClientSettings, where: str) -> Dialect:
    """Return the dialect of one server at the base URL `where`; it opens nothing."""
    match settings.protocol:
        case "pinakes":
            from pinakes.clients.protocols.native import NativeDialect

            return NativeDialect(
                where,
                model=settings.model,
                seconds=settings.seconds,
                priority=settings.priority,
                client=settings.name,
            )
        case "oip":
            from pinakes.clients.protocols.oip import OipDialect

            return OipDialect(where, model=settings.model, text_model=settings.text_model)
        case "openai":
            from pinakes.clients.protocols.openai import OpenAiDialect

            return OpenAiDialect(where, model=settings.model, picture_form=settings.picture_form)
        case "torchserve":
            from pinakes.clients.protocols.torchserve import TorchServeDialect

            return TorchServeDialect(where, model=settings.model, text_model=settings.text_model)
        case "bentoml":
            from pinakes.clients.protocols.bentoml import BentoMlDialect

            return BentoMlDialect(where, model=settings.model, text_model=settings.text_model)
        case other:
            assert_never(other)
