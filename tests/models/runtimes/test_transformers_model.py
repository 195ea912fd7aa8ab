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
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
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


def test_weights_in_shards_are_taken_in_and_are_the_same_weights(
    tiny_models: TinyModels, tmp_path: Path
) -> None:
    from pinakes.models.store.importing import import_model
    from pinakes.models.store.store import Store

    source = tiny_models.weights("clip")
    folder = tiny_models.copy(source, tmp_path / "sharded")
    (folder / "model.safetensors").unlink()
    whole = read_weights(source)
    whole.save_pretrained(folder, max_shard_size="100KB")
    model = import_model(Store(tmp_path / "models"), folder)
    assert sum(file.path.endswith(".safetensors") for file in model.manifest.files) > 1
    pictures = np.random.default_rng(0).random((2, 3, 32, 32), dtype=np.float32)
    sharded, direct = (Weights(weights, threads=1) for weights in (read_weights(model.path), whole))
    assert np.array_equal(sharded.encode_pictures(pictures), direct.encode_pictures(pictures))


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
