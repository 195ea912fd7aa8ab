"""The demo library: always the same, made once, of real photos."""

import hashlib
from pathlib import Path
from types import ModuleType

from PIL import Image


def fingerprint(folder: Path) -> dict[str, tuple[str, int]]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {
        str(path.relative_to(folder)): (
            hashlib.sha256(path.read_bytes()).hexdigest(),
            int(path.stat().st_mtime),
        )
        for path in files
        if not path.name.startswith(".")
    }


def test_the_same_comes_out_each_time(
    demo_library_program: ModuleType, demo_library: Path, tmp_path: Path
) -> None:
    assert demo_library_program.make(tmp_path / "again")
    assert fingerprint(tmp_path / "again") == fingerprint(demo_library)


def test_it_is_not_made_twice(demo_library_program: ModuleType, demo_library: Path) -> None:
    assert not demo_library_program.make(demo_library)


def test_a_half_made_library_is_made_anew(demo_library_program: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "half" / "Space").mkdir(parents=True)
    (tmp_path / "half" / "stray.jpg").write_bytes(b"")
    assert demo_library_program.make(tmp_path / "half")
    assert not (tmp_path / "half" / "stray.jpg").exists()


def test_it_holds_what_it_should_show(demo_library: Path) -> None:
    prints = fingerprint(demo_library)
    assert 25 <= len(prints) <= 40
    assert prints["Backup/astronaut.png"][0] == prints["Space/astronaut.png"][0]
    assert sum(path.stat().st_size for path in demo_library.rglob("*") if path.is_file()) < 10_000_000
    with Image.open(demo_library / "Garage" / "DSC_0101.jpg") as frame:
        assert frame.getexif().get_ifd(0x8769)[0x9003] == "2024:05:04 15:30:10"
