"""What a peer's program is asked to serve, handed to it and to its children by one variable."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Order:
    """What a peer's program is asked to serve, and where.

    Attributes:
        directory: of the model.
        port: of loopback.
        workers: processes or instances that hold the model, where the server has them.
        threads: that each of them may use in a call.
        batch: most pictures in one call.
        delay: time a batch may wait to fill, seconds, where the server waits at all.
    """

    directory: Path
    port: int
    workers: int
    threads: int
    batch: int
    delay: float

    @classmethod
    def from_environment(cls) -> Order:
        """Read the order from the variable PEER_ORDER, written by `to_environment`."""
        said = json.loads(os.environ["PEER_ORDER"])
        return cls(**(said | {"directory": Path(said["directory"])}))

    def to_environment(self) -> dict[str, str]:
        """The variable that hands this order to a process and to its children."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return {"PEER_ORDER": json.dumps(fields | {"directory": str(self.directory)})}
