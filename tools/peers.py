"""Installs the servers we are compared with, each into an environment of its own under build/peers."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

#: Where the environments go; nothing of them is committed.
FOLDER = Path(__file__).resolve().parent.parent / "build" / "peers"

#: Longest time one installation may take, seconds.
LONGEST = 1800

#: What executes the benchmarks' model, the same release in every environment.
RUNTIME = ("onnxruntime==1.31.1", "pillow==13.0.0")

#: Goes into an environment that holds torchvision beside a torch for the CPU. PyPI's torchvision is built for
#: CUDA; without its compiled part it refuses to import because two operators have no schema. Only the
#: schemas are given here: nothing that serves embeddings calls the operators.
OPERATORS = '''"""Declares operators without which torchvision does not import beside a torch for the CPU."""
import sys


class Declaring:
    def find_spec(self, name, path=None, target=None):
        if name == "torchvision":
            sys.meta_path.remove(self)
            import torch
            library = torch.library.Library("torchvision", "DEF")
            library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            torch.torchvision_operators = library


sys.meta_path.insert(0, Declaring())
'''


@dataclass(frozen=True, slots=True)
class Peer:
    """One server: what pip installs, what it needs in its environment, and what must import afterwards.

    Attributes:
        modules: names of modules and texts that are put beside the installed packages.
        pyenv_library: whether its children need the interpreter's own libpython on the search path, because
            they would otherwise pair the system's with another release's standard library.
    """

    requirements: tuple[str, ...]
    imports: str
    variables: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)
    pyenv_library: bool = False


PEERS = {
    "fastapi": Peer(("fastapi==0.165.0", "uvicorn[standard]==0.54.0", *RUNTIME), "fastapi, uvicorn"),
    "pytriton": Peer(
        ("nvidia-pytriton==0.7.0", "tritonclient[http,grpc]==2.73.0", *RUNTIME),
        "pytriton.triton",
        pyenv_library=True,
    ),
    # Its worker processes ask uvloop for a loop before there is one, which later releases refuse.
    "mlserver": Peer(("mlserver==1.7.1", "uvloop<0.22", *RUNTIME), "mlserver"),
    "litserve": Peer(("litserve==0.2.19", "python-multipart", *RUNTIME), "litserve"),
    "bentoml": Peer(("bentoml==1.4.39", *RUNTIME), "bentoml", {"BENTOML_DO_NOT_TRACK": "True"}),
    "vectors": Peer(
        ("faiss-cpu==1.15.1", "hnswlib==0.8.0", "lancedb==0.40.0", "numpy"), "faiss, hnswlib, lancedb"
    ),
    "infinity": Peer(
        # aiohttp: without it every picture is answered 500. The torch release is one that has a CPU build.
        (
            "torch==2.13.0", "torchvision==0.28.0", "infinity-emb[server,torch,vision]==0.0.78", "aiohttp",
            "soundfile", "transformers<5",
        ),
        "infinity_emb, torchvision",
        {"HF_HUB_OFFLINE": "1", "INFINITY_ANONYMOUS_USAGE_STATS": "0", "DO_NOT_TRACK": "1"},
        {"torchvision_operators": OPERATORS},
    ),
}  # fmt: skip


def python_of(name: str) -> Path:
    """The interpreter of a peer's environment, whether it is installed or not."""
    return FOLDER / name / "bin" / "python"


def installed() -> list[str]:
    """Names of the peers whose installation came to its end."""
    return [name for name in PEERS if (FOLDER / name / "installed").is_file()]


def environment_of(name: str) -> dict[str, str]:
    """Variables a peer's server is to be started with: this process's, and its own."""
    peer = PEERS[name]
    variables = {**os.environ, **peer.variables}
    if peer.pyenv_library:
        variables["LD_LIBRARY_PATH"] = str(sysconfig.get_config_var("LIBDIR"))
    return variables


def install(name: str) -> None:
    """Make a peer's environment anew and see that it imports.

    Raises:
        CalledProcessError: pip could not install it, or it does not import.
    """
    peer = PEERS[name]
    venv.EnvBuilder(clear=True, with_pip=True).create(FOLDER / name)
    python = str(python_of(name))
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *peer.requirements], check=True, timeout=LONGEST)
    _add_modules(name)
    subprocess.run(
        [python, "-c", f"import {peer.imports}"], check=True, timeout=120, env=environment_of(name)
    )
    (FOLDER / name / "installed").write_text("\n".join(peer.requirements) + "\n", "utf-8")


def _add_modules(name: str) -> None:
    packages = next((FOLDER / name / "lib").glob("python3*")) / "site-packages"
    for module, text in PEERS[name].modules.items():
        (packages / f"{module}.py").write_text(text, "utf-8")
        (packages / f"{module}.pth").write_text(f"import {module}\n", "utf-8")


def main() -> int:
    """Install those named, or list what there is; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tools.peers", description=(__doc__ or "").strip())
    parser.add_argument("act", choices=["install", "list"])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(PEERS))
    given = parser.parse_args()
    if unknown := sorted(set(given.names) - set(PEERS)):
        parser.error(f"no such peer: {', '.join(unknown)}; there are {', '.join(PEERS)}")
    failed = 0
    for name in given.names or (PEERS if given.act == "list" else installed()):
        if given.act == "install":
            failed += not _tried(name)
        state = "installed" if name in installed() else "absent"
        sys.stdout.write(f"{state:<10} {name:<10} {' '.join(PEERS[name].requirements)}\n")
    return 1 if failed else 0


def _tried(name: str) -> bool:
    try:
        install(name)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        sys.stdout.write(f"{name} could not be installed: {error}\n")
        return False
    return True


if __name__ == "__main__":
    sys.exit(main())
