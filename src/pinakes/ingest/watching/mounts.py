"""Which drives lie below a folder, and whether changes on them are notified, from `/proc/self/mountinfo`."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pinakes.core.paths import is_under

#: Where Linux lists what is mounted where (proc(5)).
TABLE = Path("/proc/self/mountinfo")

#: File systems that others change behind the kernel's back, so that it cannot notify: network drives, and
#: folders that a virtual machine shares with its host. Every FUSE file system but local NTFS is one more.
_UNNOTIFIED = frozenset(
    "9p afs beegfs ceph cifs coda drvfs fuse gfs2 glusterfs gpfs lustre ncpfs nfs nfs4 ocfs2 orangefs prl_fs "
    "smb3 smbfs vboxsf virtiofs vmhgfs".split()
)

_ESCAPED = re.compile(rb"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Mount:
    """A drive: the folder it is mounted at, and the kernel's name of its file system."""

    folder: str
    kind: str

    @property
    def notifies(self) -> bool:
        """Whether every change on it goes through this machine's kernel."""
        return self.kind not in _UNNOTIFIED and not self.kind.startswith("fuse.")


def parsed(table: bytes) -> tuple[Mount, ...]:
    """Read the kernel's table; lines that make no sense are passed over. Later mounts hide earlier ones."""
    found = {}
    for line in table.splitlines():
        left, dash, right = line.partition(b" - ")
        fields, described = left.split(b" "), right.split(b" ")
        if dash and len(fields) > 4:
            folder = _ESCAPED.sub(lambda code: bytes((int(code[1], 8),)), fields[4])
            found[folder] = Mount(os.fsdecode(folder), os.fsdecode(described[0]))
    return tuple(found.values())


def read_table() -> bytes:
    """The kernel's table now; empty where there is none."""
    try:
        return TABLE.read_bytes()
    except OSError:
        return b""


def holding(folder: str, mounts: Iterable[Mount]) -> Mount | None:
    """The drive that a real folder lies on."""
    above = (mount for mount in mounts if is_under(folder, mount.folder))
    return max(above, key=lambda mount: len(mount.folder), default=None)


def below(folder: str, mounts: Iterable[Mount]) -> Iterator[Mount]:
    """Yield the drives that are mounted somewhere inside a folder."""
    return (mount for mount in mounts if mount.folder != folder and is_under(mount.folder, folder))
