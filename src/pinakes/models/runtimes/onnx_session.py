"""One ONNX graph in onnxruntime: opened safely, fed by the graph's own names, its failures translated."""

from __future__ import annotations

import mmap
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pinakes.core.errors import ModelFailed
from pinakes.models.runtimes.onnx_failures import not_loaded, not_run
from pinakes.models.tasks.model_directory import required

Array = NDArray[Any]

#: What onnxruntime calls the element types of tensors.
_DTYPES: Mapping[str, type[np.generic]] = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(double)": np.float64,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
    "tensor(bool)": np.bool_,
}

#: Into how many pieces for each thread a layer is cut at first, later ones being smaller; the number that
#: onnxruntime's own guide recommends against times that vary.
BLOCKS = "4"

#: The operator that finds the range of activations, as files spell it.
_QUANTISER = b"DynamicQuantizeLinear"


class OnnxSession:
    """A graph ready to run; `run` may be called from several threads at once.

    Attributes:
        nbytes: size of the graph and its weights on disk, about what they take in memory.
        metadata: the graph's own notes.
        alone: results would depend on what else is in the batch, so that inputs are run one by one.
    """

    def __init__(self, path: Path, *, threads: int, beside: int = 0) -> None:
        """Open the graph in `path`, to run on `threads` threads, or on a GPU where onnxruntime has one.

        With `beside`, it is opened once more, with that many threads for calls that come while another runs.
        One call on all cores is soonest done; several on a core each do more together, as none waits for
        another's core, or for one that decodes. onnxruntime fixes the threads of a session, and two sessions
        can share weights only unpacked, which makes each call slower by 10 to 30 %: hence the second copy.

        Raises:
            ModelUnusable: there is no such file, or it cannot be loaded.
            OutOfMemory: it does not fit into memory.
        """
        self._session = _opened(required(path), threads)
        several = beside and beside != threads and _is_on_cpu(self._session)
        self._beside = _opened(path, beside) if several else None
        self._running = 0
        self._count = threading.Lock()
        self._inputs = {entry.name: entry for entry in self._session.get_inputs()}
        self._batch = _size(next(iter(self._inputs.values())).shape[0])
        self.alone = _quantises_activations(path)
        if self.alone:
            self._batch = 1
        self._axes = {entry.name: len(entry.shape) for entry in self._session.get_outputs()}
        self.metadata: Mapping[str, str] = self._session.get_modelmeta().custom_metadata_map
        size = sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))
        self.nbytes = size * (1 if self._beside is None else 2)

    @property
    def twice(self) -> bool:
        """Whether it is there a second time, for calls beside others."""
        return self._beside is not None

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of the inputs."""
        return tuple(self._inputs)

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs."""
        return tuple(self._axes)

    def axes(self, name: str) -> int:
        """The number of axes that the graph declares for an output; 0 where it does not."""
        return self._axes[name]

    def shape(self, name: str) -> list[int | None]:
        """The shape that the graph declares for an input; None for axes of any length."""
        return [_size(length) for length in self._inputs[name].shape]

    def dtype(self, name: str) -> type[np.generic]:
        """The element type of an input."""
        return _DTYPES.get(self._inputs[name].type, np.float32)

    def run(self, feeds: Mapping[str, Array], outputs: Sequence[str]) -> list[Array]:
        """Run the graph over a batch and return the named outputs; feeds it does not take are left out.

        Feeds have the batch as their first axis and are cast to the graph's types. A graph that was exported
        for a fixed batch, or whose results would depend on it, is run as often as it takes.

        Raises:
            OutOfMemory: the batch does not fit.
            ModelFailed: the graph cannot be run on these inputs.
        """
        taken = {
            name: np.asarray(array, dtype=self.dtype(name))
            for name, array in feeds.items()
            if name in self._inputs
        }
        if self._batch is None:
            return self._run(taken, outputs)
        return self._piecewise(taken, outputs, self._batch)

    def close(self) -> None:
        """Release the graph; a run in progress ends first."""
        self._session = self._beside = None

    def _piecewise(self, feeds: Mapping[str, Array], outputs: Sequence[str], size: int) -> list[Array]:
        count = max(len(array) for array in feeds.values())
        parts = []
        for start in range(0, count, size):
            # The last piece is filled up with repetitions of its last input, whose results are dropped.
            rows = np.minimum(np.arange(start, start + size), count - 1)
            piece = {name: array[np.minimum(rows, len(array) - 1)] for name, array in feeds.items()}
            parts.append(self._run(piece, outputs))
        return [np.concatenate(column)[:count] for column in zip(*parts, strict=True)]

    def _run(self, feeds: Mapping[str, Array], outputs: Sequence[str]) -> list[Array]:
        with self._chosen() as session:
            if session is None:
                raise ModelFailed("The model has been closed.")
            try:
                return list(session.run(list(outputs), dict(feeds)))
            except Exception as error:  # onnxruntime's own classes have no common root
                raise not_run(error) from error

    @contextmanager
    def _chosen(self) -> Iterator[Any]:
        """The session for a call: the one on all cores while no other call runs."""
        with self._count:
            session = self._session if self._running == 0 else (self._beside or self._session)
            self._running += 1
        try:
            yield session
        finally:
            with self._count:
                self._running -= 1


def _opened(path: Path, threads: int) -> Any:
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Threads that wait for the next layer in a loop gain a twentieth to a third; those that went on waiting
    # after the call would take the core that decodes the next pictures.
    options.add_session_config_entry("session.intra_op.allow_spinning", "1")
    options.add_session_config_entry("session.force_spinning_stop", "1")
    # Of a layer in halves, one would wait for the other, whose core decodes the next picture.
    options.add_session_config_entry("session.dynamic_block_base", BLOCKS)
    offered = onnxruntime.get_available_providers()
    providers = [name for name in ("CUDAExecutionProvider", "CPUExecutionProvider") if name in offered]
    try:
        return onnxruntime.InferenceSession(path, options, providers=providers)
    except Exception as error:
        raise not_loaded(path, error) from error


def _is_on_cpu(session: Any) -> bool:
    return bool(session.get_providers()[0] == "CPUExecutionProvider")


def _size(length: Any) -> int | None:
    return length if isinstance(length, int) and length > 0 else None


def _quantises_activations(path: Path) -> bool:
    """Whether a graph finds the range of its activations while it runs.

    It takes the range over the whole batch, so an input's result would depend on its neighbours; and one at
    a time costs such a graph little, see docs/guide/models.md.
    """
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as graph:
        return graph.find(_QUANTISER) >= 0
