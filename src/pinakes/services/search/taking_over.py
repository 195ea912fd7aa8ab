"""FAISS indexes become the search service's, while that is not running."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pinakes.core.settings import Settings
from pinakes.core.types import ModelIdentity
from pinakes.images.processes import Workers
from pinakes.search.shared.faiss_reading import FaissFile, FaissReader, bounds_for, faiss_files
from pinakes.search.shared.takeover import Progress, TakenOver, examine, take_over
from pinakes.services.chosen.embedders import chosen_embedder
from pinakes.services.owner import owning
from pinakes.services.search.main import directory_of, opened


@dataclass(frozen=True, slots=True)
class Examined:
    """Files that can be taken over, and what takes them over when it is called and read to its end."""

    files: Sequence[FaissFile]
    vectors: int
    model: ModelIdentity
    store: Callable[[Progress], Iterator[TakenOver]]


@contextmanager
def examined(
    settings: Settings, directory: Path, *, model: str | None, caller: str, rows_are_ids: bool
) -> Iterator[Examined]:
    """See that all FAISS indexes below a directory can be taken over as embeddings of a model.

    Args:
        settings: where the search service's indexes are, and which model it uses.
        directory: holds `<user_id>/<folder_id>.faiss`.
        model: the model that made the vectors, if another than the service uses.
        caller: name of the key whose indexes they become; empty for those without a name.
        rows_are_ids: take rows for image ids where an index has none.

    Raises:
        StateBusy: the search service runs.
        InvalidRequest: some cannot be taken over; nothing was changed.
        FolderUnreadable: the directory cannot be listed.
        NotFound, ModelUnusable, ServiceUnavailable: the model cannot be had.
    """
    files = faiss_files(directory, caller)
    chosen = settings if model is None else _of_model(settings, model)
    embedder = chosen_embedder(chosen, chosen.client)
    try:
        with (
            owning(directory_of(settings), None),
            Workers(1, bounds_for(files)) as workers,
            FaissReader(workers, rows_are_ids=rows_are_ids) as reader,
        ):
            identity = embedder.identity
            total = examine(files, reader, identity)

            def store(progress: Progress) -> Iterator[TakenOver]:
                with closing(opened(settings)) as shared:
                    shared.use(embedder)
                    yield from take_over(files, reader, shared.writer, total=total, progress=progress)

            yield Examined(files, total, identity, store)
    finally:
        embedder.close()


def _of_model(settings: Settings, model: str) -> Settings:
    return settings.model_copy(
        update={
            "client": settings.client.model_copy(update={"model": model}),
            "inference": settings.inference.model_copy(update={"model": model}),
        }
    )
