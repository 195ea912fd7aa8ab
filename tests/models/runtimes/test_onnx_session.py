"""One graph in onnxruntime: failures have our names, and what is too large for memory says so."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.tiny_models import TinyModels

from pinakes.core.errors import ModelFailed, ModelUnusable
from pinakes.models.runtimes.onnx_session import OnnxSession

pytest.importorskip("transformers")

#: Runs a batch under a limit of memory that leaves room for small ones only.
TOO_LARGE = """
import resource, sys
import numpy as np
from pathlib import Path
from pinakes.core.errors import OutOfMemory
from pinakes.models.runtimes.onnx_session import OnnxSession

session = OnnxSession(Path(sys.argv[1]), threads=1)
small = {"pixel_values": np.zeros((2, 3, 32, 32), np.float32)}
large = {"pixel_values": np.zeros((4000, 3, 32, 32), np.float32)}
session.run(small, ["image_embeds"])
pages = int(Path("/proc/self/statm").read_text().split()[0])
allowed = pages * resource.getpagesize() + 2**25
resource.setrlimit(resource.RLIMIT_AS, (allowed, allowed))
try:
    session.run(large, ["image_embeds"])
except OutOfMemory as error:
    session.run(small, ["image_embeds"])
    print(error.sentence)
"""


def test_a_batch_too_large_for_memory_fails_alone(tiny_models: TinyModels) -> None:
    graph = tiny_models.onnx("clip") / "onnx" / "vision_model.onnx"
    command = [sys.executable, "-c", TOO_LARGE, str(graph)]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert finished.returncode == 0, finished.stderr
    assert "PINAKES_INFERENCE__MAX_BATCH" in finished.stdout


def test_inputs_that_a_graph_does_not_take_are_cast_or_left_out(tiny_models: TinyModels) -> None:
    session = OnnxSession(tiny_models.onnx("clip") / "onnx" / "vision_model.onnx", threads=1)
    tensors = np.random.default_rng(0).random((2, 3, 32, 32))
    assert session.inputs == ("pixel_values",)
    assert session.shape("pixel_values") == [None, 3, 32, 32]
    (rows,) = session.run({"pixel_values": tensors, "other": tensors}, session.outputs)
    assert rows.dtype == np.float32
    assert rows.shape == (2, 24)


def test_an_input_of_the_wrong_shape_fails_with_our_name(tiny_models: TinyModels) -> None:
    session = OnnxSession(tiny_models.onnx("clip") / "onnx" / "vision_model.onnx", threads=1)
    with pytest.raises(ModelFailed, match="cannot be run"):
        session.run({"pixel_values": np.zeros((1, 3, 5, 5), np.float32)}, session.outputs)


def test_calls_beside_others_have_a_copy_of_their_own_and_give_the_same(tiny_models: TinyModels) -> None:
    graph = tiny_models.onnx("clip") / "onnx" / "vision_model.onnx"
    alone, both = OnnxSession(graph, threads=2), OnnxSession(graph, threads=2, beside=1)
    assert (alone.twice, both.twice) == (False, True)
    assert both.nbytes == 2 * alone.nbytes
    tensors = np.random.default_rng(0).random((3, 3, 32, 32), dtype=np.float32)
    (expected,) = alone.run({"pixel_values": tensors}, ["image_embeds"])
    with ThreadPoolExecutor(4) as threads:
        answers = list(
            threads.map(lambda _: both.run({"pixel_values": tensors}, ["image_embeds"]), range(40))
        )
    for (rows,) in answers:
        np.testing.assert_allclose(rows, expected, atol=1e-6)
    both.close()
    with pytest.raises(ModelFailed, match="closed"):
        both.run({"pixel_values": tensors}, ["image_embeds"])


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ir_version": 99}, "newer onnxruntime"),
        ({"opset": 999}, "newer onnxruntime"),
        ({"operator": "Conjure"}, "an operator that onnxruntime does not have"),
        ({"operator": "Conjure", "domain": "some.where"}, "an operator that onnxruntime does not have"),
    ],
)
def test_a_graph_that_is_ahead_of_the_runtime_is_not_called_damaged(
    change: dict[str, Any], said: str, tmp_path: Path
) -> None:
    (tmp_path / "vision_model.onnx").write_bytes(one_step(**change))
    with pytest.raises(ModelUnusable, match=f"vision_model.onnx .*{said}") as refused:
        OnnxSession(tmp_path / "vision_model.onnx", threads=1)
    assert "pgrade onnxruntime" in refused.value.remedy


def one_step(*, operator: str = "Relu", domain: str = "", opset: int = 18, ir_version: int = 9) -> bytes:
    """An ONNX model of one operator."""
    from onnx import TensorProto, helper

    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"]) for name in "xy"]
    graph = helper.make_graph(
        [helper.make_node(operator, ["x"], ["y"], domain=domain)], "g", ends[:1], ends[1:]
    )
    operators = [helper.make_opsetid("", opset), *([helper.make_opsetid(domain, 1)] if domain else [])]
    model = helper.make_model(graph, opset_imports=operators)
    model.ir_version = ir_version
    return bytes(model.SerializeToString())
