"""What is told of folders."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class FolderCount(BaseModel, frozen=True):
    """A folder, and what the last scans stored of it."""

    path: str
    pictures: int = Field(description="Of all depths.")
    bytes: int = Field(description="Of all depths.")
    own: int = Field(description="Pictures in the folder itself.")
    folders: int = Field(description="Folders in it that hold pictures at any depth.")


class FolderRoot(FolderCount, frozen=True):
    """A folder that may be scanned."""

    uploads: bool = Field(description="Whether added pictures go there.")


class FolderList(BaseModel, frozen=True):
    """All of them."""

    folders: list[FolderRoot]


class FolderPage(BaseModel, frozen=True):
    """A folder and those in it."""

    folder: FolderCount
    above: list[str] = Field(description="Folders that hold it, from the root down.")
    folders: list[FolderCount]
    next: str | None = Field(description="Cursor of the next page; null on the last.")


class FolderWatch(BaseModel, frozen=True):
    """How changes in a folder are noticed."""

    manner: Literal["beginning", "notified", "compared", "absent"]
    why: str = Field(description="A sentence where it is not notified.")


class WatchRequest(BaseModel, frozen=True):
    """Whether a folder is to be watched."""

    folder: str = Field(max_length=4096, description="Absolute path of one the application was started with.")
    watched: bool


class WatchedFolder(BaseModel, frozen=True):
    """How a folder is watched now."""

    path: str
    watched: FolderWatch | None = Field(description="Null where nobody looks for changes.")


class FolderState(BaseModel, frozen=True):
    """How a folder stands."""

    path: str
    root: bool = Field(description="Whether it is one of those the application was started with.")
    uploads: bool = Field(description="Whether added pictures go there.")
    doubt: str | None = Field(
        description="Why nothing in it is held to be gone: its drive is away. Else null."
    )
    watched: FolderWatch | None = Field(description="Null where nobody looks for changes.")
    scanned_at: float | None = Field(description="End of its last scan, Unix time, seconds.")
    refused: int = Field(description="Files that could not be taken; GET /assets?outcome=refused tells why.")
    missing: int = Field(description="Pictures that were there and are not any more.")


class FolderPlaces(BaseModel, frozen=True):
    """Folders on disk below the roots."""

    places: list[str]
    more: bool
