"""Opening what indexing needs, and saying why what is absent is left out."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from pinakes.core.protocols import Captioner, TextReader
from pinakes.core.settings import Settings
from pinakes.ingest.indexing.indexing import Indexing
from pinakes.ingest.indexing.metrics import IndexMetrics
from pinakes.ingest.indexing.report import Step
from pinakes.services.chosen.captioners import open_captioner
from pinakes.services.chosen.readers import open_reader
from pinakes.services.opened import Library

_NOT_ASKED = "It was not asked for."
_NO_READER = "The extra that reads text is not installed; pip install 'pinakes[ocr]'."
_NO_CAPTIONER = "No model that describes pictures is installed; `pinakes models list` shows some."


@contextmanager
def opened_indexing(
    library: Library, *, caption: bool | None = None, metrics: IndexMetrics | None = None
) -> Iterator[Indexing]:
    """Open models and stores for one run, and close those that are the run's own.

    `caption` is whether pictures are described; None for as the settings say.

    Raises:
        ServiceUnavailable, NotReady, StateBusy: a service or a store is away for now.
        ModelUnusable, NotFound, OutOfMemory: the model of the library cannot be loaded, or is another.
    """
    settings = library.settings
    left_out: dict[Step, str] = {}
    with ExitStack() as stack:
        collection = embedder = None
        if settings.ingest.embed:
            embedder = library.index.open_embedder()
            stack.callback(embedder.close)
            collection = library.index.collection_for(embedder)
        else:
            left_out[Step.EMBED] = _NOT_ASKED
        yield Indexing(
            library.engine,
            collection,
            library.index.words,
            embedder,
            settings.images,
            captioner=_captioner(settings, caption, stack, left_out),
            reader=_reader(settings, stack, left_out),
            unit=settings.ingest.unit,
            metrics=metrics,
            left_out=left_out,
        )


def _captioner(
    settings: Settings, caption: bool | None, stack: ExitStack, left_out: dict[Step, str]
) -> Captioner | None:
    if not (settings.ingest.caption if caption is None else caption):
        left_out[Step.CAPTION] = _NOT_ASKED
        return None
    captioner = open_captioner(settings)
    if captioner is None:
        left_out[Step.CAPTION] = _NO_CAPTIONER
        return None
    stack.callback(captioner.close)
    return captioner


def _reader(settings: Settings, stack: ExitStack, left_out: dict[Step, str]) -> TextReader | None:
    reader = open_reader(settings) if settings.ingest.read_text else None
    if reader is None:
        left_out[Step.READ] = _NO_READER if settings.ingest.read_text else _NOT_ASKED
        return None
    stack.callback(reader.close)
    return reader
