"""Models run by torch: their failures have our names, and one that fails leaves the others alone."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tests.tiny_models import TinyModels

from pinakes.core.errors import ModelFailed
from pinakes.models.runtimes.transformers_model import Weights
from pinakes.models.runtimes.transformers_weights import read_weights

pytest.importorskip("transformers")

#: Runs a batch under a limit of memory that leaves room for small ones only.
TOO_LARGE = """
import resource, sys
import numpy as np
from pathlib import Path
from pinakes.core.errors import OutOfMemory
from pinakes.models.runtimes.transformers_model import Weights
from pinakes.models.runtimes.transformers_weights import read_weights

weights = Weights(read_weights(Path(sys.argv[1])), threads=1)
small, large = (np.zeros((count, 3, 32, 32), np.float32) for count in (2, 8000))
weights.encode_pictures(small)
pages = int(Path("/proc/self/statm").read_text().split()[0])
allowed = pages * resource.getpagesize() + 2**25
resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
try:
    weights.encode_pictures(large)
except OutOfMemory as error:
    weights.encode_pictures(small)
    print(error.sentence)
"""


def test_a_batch_too_large_for_memory_fails_alone(tiny_models: TinyModels) -> None:
    command = [sys.executable, "-W", "ignore", "-c", TOO_LARGE, str(tiny_models.weights("clip"))]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "PINAKES_INFERENCE__MAX_BATCH" in finished.stdout


def test_inputs_that_the_model_cannot_take_fail_with_our_name(tiny_models: TinyModels) -> None:
    weights = Weights(read_weights(tiny_models.weights("clip")), threads=1)
    with pytest.raises(ModelFailed, match="cannot be run"):
        weights.encode_pictures(np.zeros((1, 3, 5, 5), np.float32))
    with pytest.raises(ModelFailed, match="cannot be run"):
        weights.encode_texts(np.full((1, 3), 10**6), np.ones((1, 3), np.int64))
    weights.close()
    with pytest.raises(ModelFailed, match="closed"):
        weights.encode_pictures(np.zeros((1, 3, 32, 32), np.float32))


def test_large_weights_are_written_beside_their_graph(
    tiny_models: TinyModels, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import torch

    from pinakes.models.exporting import onnx_writing
    from pinakes.models.runtimes.onnx_session import OnnxSession

    monkeypatch.setattr(onnx_writing, "LARGEST_FILE", 100)
    layer = torch.nn.Linear(64, 64).eval()
    example = torch.rand(2, 64)
    graph = onnx_writing.Graph("large_model", layer, layer, {"rows": example}, {}, ("sums",))
    file = onnx_writing.write(graph, tmp_path, {"note": "kept"})
    assert file.with_name("large_model.onnx.data").is_file()
    session = OnnxSession(file, threads=1)
    assert session.metadata["note"] == "kept"
    assert session.nbytes > 64 * 64 * 4
    (sums,) = session.run({"rows": example.numpy()}, ["sums"])
    assert np.allclose(sums, layer(example).detach().numpy(), atol=1e-6)
