"""Compiles the gRPC service's .proto files into the descriptors that it loads; with --check only compares."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

#: Where the .proto files lie, and what is written beside them.
FOLDER = Path(__file__).resolve().parent.parent / "src" / "pinakes" / "services" / "inference" / "oip" / "rpc"
COMPILED = FOLDER / "descriptors.binpb"


def compiled() -> bytes:
    """Return the descriptors of all .proto files as a serialised FileDescriptorSet."""
    from grpc_tools import protoc

    sources = sorted(path.name for path in FOLDER.glob("*.proto"))
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "descriptors"
        status = protoc.main(["protoc", f"-I{FOLDER}", f"--descriptor_set_out={target}", *sources])
        if status:
            raise SystemExit(status)
        return target.read_bytes()


def main(*, check: bool) -> int:
    """Write the descriptors, or with `check` only compare; returns the exit status."""
    now = compiled()
    if COMPILED.is_file() and COMPILED.read_bytes() == now:
        return 0
    sys.stdout.write(f"{'out of date' if check else 'written'}: {COMPILED.name}\n")
    if not check:
        COMPILED.write_bytes(now)
    return 1 if check else 0


if __name__ == "__main__":
    sys.exit(main(check="--check" in sys.argv[1:]))
