"""Reading the kernel's table of mounts."""

import pytest

from pinakes.ingest.watching import mounts

TABLE = (
    rb"""22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
23 22 0:21 / /proc rw - proc proc rw
40 22 0:45 / /mnt/my\040photos rw master:2 shared:3 - nfs4 nas:/photos rw
41 40 0:46 / /mnt/my\040photos/caf"""
    + b"\xe9"
    + rb""" rw - fuse.sshfs me@host: rw
42 22 8:17 / /mnt/usb rw - fuseblk /dev/sdb1 rw
nonsense
43 22 8:18 / /mnt/usb rw - ext4 /dev/sdc1 rw
"""
)


@pytest.fixture
def found() -> tuple[mounts.Mount, ...]:
    return mounts.parsed(TABLE)


@pytest.mark.parametrize(
    ("folder", "kind", "notifies"),
    [
        ("/home/me", "ext4", True),
        ("/mnt/my photos/2024", "nfs4", False),
        ("/mnt/my photos/caf\udce9", "fuse.sshfs", False),
        ("/mnt/usb", "ext4", True),
        ("/mnt/usbstick", "ext4", True),
    ],
)
def test_a_folder_lies_on_the_innermost_drive(
    found: tuple[mounts.Mount, ...], folder: str, kind: str, notifies: bool
) -> None:
    mount = mounts.holding(folder, found)
    assert mount is not None
    assert (mount.kind, mount.notifies) == (kind, notifies)


def test_drives_inside_a_folder_are_found(found: tuple[mounts.Mount, ...]) -> None:
    inside = {mount.folder for mount in mounts.below("/mnt", found)}
    assert inside == {"/mnt/my photos", "/mnt/my photos/caf\udce9", "/mnt/usb"}
    assert list(mounts.below("/mnt/usb", found)) == []


def test_a_system_without_a_table_has_no_drives() -> None:
    assert mounts.parsed(b"") == ()
    assert mounts.holding("/home", ()) is None
