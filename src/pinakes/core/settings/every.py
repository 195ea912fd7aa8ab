"""All settings together, as the environment gives them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from platformdirs import user_data_path
from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from pinakes.core.settings.application import ApplicationSettings
from pinakes.core.settings.client import ClientSettings
from pinakes.core.settings.images import ImageLimits, ScanSettings
from pinakes.core.settings.inference import InferenceSettings
from pinakes.core.settings.ingest import IngestSettings
from pinakes.core.settings.models import ModelSettings
from pinakes.core.settings.search import SearchSettings
from pinakes.core.settings.vectors import VectorSettings
from pinakes.core.settings.watching import WatchSettings
from pinakes.core.settings.words import WordSettings


def default_state() -> Path:
    """Directory for the library's state, under the user's data directory; not created here."""
    return user_data_path("pinakes", appauthor=False)


class Settings(BaseSettings):
    """All settings; environment variables are `PINAKES_…` with `__` between levels."""

    model_config = SettingsConfigDict(
        env_prefix="PINAKES_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    state: Path = Field(default_factory=default_state, description="Directory of the library's state.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "warning", description="Least level logged."
    )
    log_format: Literal["text", "json"] = Field("text", description="How log lines are written.")
    images: ImageLimits = ImageLimits()
    scan: ScanSettings = ScanSettings()
    inference: InferenceSettings = InferenceSettings()
    client: ClientSettings = ClientSettings()
    application: ApplicationSettings = ApplicationSettings()
    ingest: IngestSettings = IngestSettings()
    watch: WatchSettings = WatchSettings()
    search: SearchSettings = SearchSettings()
    models: ModelSettings = ModelSettings()
    vectors: VectorSettings = Field(default_factory=VectorSettings)
    words: WordSettings = WordSettings()

    @property
    def scan_workers(self) -> int:
        """Decoding processes to start: as set, else one per core this process may use."""
        return self.scan.workers or len(os.sched_getaffinity(0))

    @property
    def models_directory(self) -> Path:
        """Directory of the models: as set, else `models` in the state directory."""
        return self.models.directory or self.state / "models"

    @property
    def uploads_directory(self) -> Path:
        """Folder of pictures added in the browser: as set, else `uploads` in the state directory."""
        return self.application.uploads or self.state / "uploads"

    @property
    def vectors_directory(self) -> Path:
        """Directory of the embedded vectors: as set, else `vectors` in the state directory."""
        return self.vectors.directory or self.state / "vectors"

    @property
    def words_file(self) -> Path:
        """File of the words: as set, else `words.sqlite3` in the state directory."""
        return self.words.file or self.state / "words.sqlite3"
