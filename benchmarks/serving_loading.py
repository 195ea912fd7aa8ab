"""What does loading a model cost beside using it?

Method. For each model, in a fresh process each time: importing the runtime, loading the weights, the
first picture from bytes to embedding, and the median of those after it, by onnxruntime and, where the
environment of infinity is installed, by torch with transformers from the same weights. "Pictures" is
loading (import and weights) over one picture: how many pictures a process must embed before loading is
half of its time, which is what a program started for every request would pay. Then each server: from the
start of its process until it says that it can serve, and the first answer after that beside the tenth.

Caveats. Files are in the page cache; from a cold disk, loading takes the time to read the weights on top.

Run: python -m benchmarks.serving_loading [--models NAMES] [--peers all] [--passes 3]
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import peers

from benchmarks.serving import models, report
from benchmarks.serving.load import in_turn
from benchmarks.serving.pictures import pictures
from benchmarks.serving.servers import ROOT, serving
from benchmarks.serving.wires import WIRES

#: Pictures embedded after the first.
AGAIN = 10

#: Times one runtime; gets the directory and a file of pictures, and prints seconds by step.
PROGRAM = """
import io, json, statistics, sys, time
began = time.perf_counter()
{imports}
imported = time.perf_counter()
directory, picture = sys.argv[1], open(sys.argv[2], "rb").read()
{loads}
loaded = time.perf_counter()
taken = []
for _ in range({again} + 1):
    start = time.perf_counter()
    {embeds}
    taken.append(time.perf_counter() - start)
print(json.dumps(dict(imports=imported - began, loads=loaded - imported, first=taken[0],
                      later=statistics.median(taken[1:]))))
"""

#: Imports, loading and embedding by each runtime.
RUNTIMES = {
    "onnxruntime": (
        "from pathlib import Path\nfrom benchmarks.peers.clip import Clip",
        "clip = Clip(Path(directory), 2)",
        "clip.embed([picture])",
    ),
    "torch": (
        "import torch\nfrom PIL import Image\nfrom transformers import CLIPImageProcessor, CLIPModel",
        "model = CLIPModel.from_pretrained(directory).eval()\n"
        "prepare = CLIPImageProcessor.from_pretrained(directory)",
        "prepared = prepare(Image.open(io.BytesIO(picture)), return_tensors='pt')\n"
        "    with torch.inference_mode(): model.get_image_features(**prepared)",
    ),
}


def main(arguments: Sequence[str] | None = None) -> None:
    parser = report.options(__doc__, seconds=1.0, passes=3)
    given = parser.parse_args(arguments)
    names, servers = report.chosen(parser, given)
    results = {}
    for model in names:
        directory = models.directory_of(model)
        alone = {runtime: _loading(runtime, directory, given.passes) for runtime in _runtimes()}
        report.show(f"{model}, alone", alone)
        tried = {name: report.tried(name, _starting, name, directory, given.passes) for name in servers}
        starting = {name: row for name, row in tried.items() if row}
        report.show(f"{model}, served", starting)
        results[model] = {"runtimes": alone, "servers": starting}
    report.write("serving_loading", {"models": results})


def _runtimes() -> list[str]:
    return [name for name in RUNTIMES if name != "torch" or "infinity" in peers.installed()]


def _loading(runtime: str, directory: Path, passes: int) -> dict[str, float]:
    picture = ROOT / "build" / "bench" / "picture.jpg"
    picture.parent.mkdir(parents=True, exist_ok=True)
    picture.write_bytes(pictures()[0])
    imports, loads, embeds = RUNTIMES[runtime]
    program = PROGRAM.format(imports=imports, loads=loads, embeds=embeds, again=AGAIN)
    python = str(peers.python_of("infinity")) if runtime == "torch" else sys.executable
    command = [python, "-c", program, str(directory), str(picture)]
    said = [
        json.loads(subprocess.run(command, cwd=ROOT, check=True, capture_output=True, timeout=120).stdout)
        for _ in range(passes)
    ]
    step = {name: statistics.median(each[name] for each in said) for name in said[0]}
    return {
        "import s": step["imports"],
        "load s": step["loads"],
        "first picture ms": 1000 * step["first"],
        "later ms": 1000 * step["later"],
        "loading, in pictures": (step["imports"] + step["loads"]) / step["later"],
    }


def _starting(name: str, directory: Path, passes: int) -> dict[str, float]:
    request = WIRES[name].request(pictures()[:1])
    ready, first, tenth = [], [], []
    for _ in range(passes):
        with serving(name, directory) as server:
            answered = in_turn(server.port, request, AGAIN)
        ready.append(server.started_seconds)
        first.append(answered[0])
        tenth.append(answered[-1])
    return {
        "ready s": statistics.median(ready),
        "first answer ms": statistics.median(first),
        "tenth ms": statistics.median(tenth),
    }


if __name__ == "__main__":
    main()
