"""Everything an operator may set, a file for each part, read once at start-up and handed down as values."""

from pinakes.core.settings.application import ApplicationSettings
from pinakes.core.settings.client import ClientSettings
from pinakes.core.settings.every import Settings, default_state
from pinakes.core.settings.images import ImageLimits, ScanSettings
from pinakes.core.settings.inference import DialectName, InferenceSettings, KeyScope, KeySettings
from pinakes.core.settings.ingest import IngestSettings
from pinakes.core.settings.models import ModelSettings
from pinakes.core.settings.search import SearchSettings
from pinakes.core.settings.vectors import VectorSettings
from pinakes.core.settings.watching import WatchSettings
from pinakes.core.settings.words import WordSettings

__all__ = [
    "ApplicationSettings",
    "ClientSettings",
    "DialectName",
    "ImageLimits",
    "InferenceSettings",
    "IngestSettings",
    "KeyScope",
    "KeySettings",
    "ModelSettings",
    "ScanSettings",
    "SearchSettings",
    "Settings",
    "VectorSettings",
    "WatchSettings",
    "WordSettings",
    "default_state",
]
