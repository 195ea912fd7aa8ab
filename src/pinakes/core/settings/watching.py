"""Settings of watching folders for what changes in them."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field


class WatchSettings(BaseModel, frozen=True):
    """How changes in folders are noticed, and how long they are left to come to rest."""

    notify: Literal["auto", "always", "never"] = Field(
        "auto",
        description="Whether the system's notifications are relied on: auto, but for network and FUSE "
        "drives, which are compared instead; always; or never.",
    )
    settle_seconds: float = Field(
        2.0, gt=0, le=3600, description="Quiet that a changed folder is given before it is looked at."
    )
    poll_seconds: float = Field(
        60.0, gt=0, description="Time between two comparisons of a folder without notifications."
    )
    rescan_seconds: float = Field(
        6 * 3600.0,
        ge=0,
        description="Time between two comparisons of a folder with notifications, some of which may get "
        "lost; 0 for none.",
    )
