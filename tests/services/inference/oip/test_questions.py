import numpy as np
import pytest

from pinakes.core.errors import (
    ImageRefused,
    InvalidRequest,
    ModelFailed,
    OutOfMemory,
    PinakesError,
    TooLarge,
)
from pinakes.core.types import Caption, ModelIdentity, Reason, Refusal, Task
from pinakes.services.inference.oip.messages import InferRequest, WantedOutput
from pinakes.services.inference.oip.questions import Question, outputs_for, question_of
from pinakes.services.inference.oip.signature import inputs_of, outputs_of
from pinakes.services.inference.oip.tensors import Tensor, objects, to_json
from pinakes.serving import request as serving

BOTH = frozenset({Task.IMAGE_EMBEDDING, Task.TEXT_EMBEDDING})
PICTURES = frozenset({Task.IMAGE_EMBEDDING})
WORDS = frozenset({Task.TEXT_EMBEDDING})
CAPTIONS = frozenset({Task.CAPTIONING})
IDENTITY = ModelIdentity("m", "1", "p", 2)
TRUNCATED = Refusal(Reason.TRUNCATED, "Its end is missing.")


def ask(
    *inputs: Tensor, tasks: frozenset[Task] = BOTH, outputs: tuple[str, ...] = (), **parameters: bool
) -> Question:
    wanted = [WantedOutput(name) for name in outputs]
    return question_of(InferRequest(inputs, wanted, parameters=parameters), tasks, most=8, most_pixels=100)


def files(name: str, *elements: bytes) -> Tensor:
    return Tensor(name, "BYTES", objects(elements))


def test_a_model_takes_and_gives_what_its_tasks_are() -> None:
    assert [port.name for port in inputs_of(PICTURES, None)] == ["images", "pixels"]
    assert [port.name for port in inputs_of(BOTH, 224)] == ["images", "pixels", "pixel_values", "texts"]
    assert inputs_of(BOTH, 224)[2].shape == (-1, 3, 224, 224)
    assert [port.name for port in inputs_of(WORDS, None)] == ["texts"]
    assert [port.name for port in outputs_of(BOTH, 8)] == ["embeddings", "refused"]
    assert [port.name for port in outputs_of(CAPTIONS, 0)] == ["captions", "refused"]
    assert outputs_of(BOTH, 0)[0].shape == (-1, -1)


def test_each_input_becomes_what_the_engine_takes() -> None:
    assert ask(files("images", b"a", b"b")).items == [b"a", b"b"]
    assert ask(files("texts", "ä".encode())).items == ["ä"]
    assert ask(files("texts", b"a")).task is Task.TEXT_EMBEDDING
    pixels = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)
    items = ask(Tensor("pixels", "UINT8", pixels)).items
    assert np.array_equal(np.stack(items), pixels)  # type: ignore[arg-type]
    for datatype, dtype in (("FP32", "<f4"), ("FP16", "<f2")):
        for name in ("pixels", "pixel_values"):
            values = np.ones((1, 3, 2, 2), dtype)
            (item,) = ask(Tensor(name, datatype, values)).items
            assert isinstance(item, serving.Tensor)
            assert item.array.dtype == np.float32
            assert item.array.shape == (3, 2, 2)


def test_an_axis_of_one_behind_the_items_is_taken() -> None:
    assert ask(Tensor("images", "BYTES", objects([b"a", b"b"], (2, 1)))).items == [b"a", b"b"]


def test_a_raw_body_is_the_first_input_of_the_model() -> None:
    raw = InferRequest((), raw=b"\xff\xd8")
    assert question_of(raw, BOTH, most=1, most_pixels=1).items == [b"\xff\xd8"]
    assert question_of(InferRequest((), raw=b"dog"), WORDS, most=1, most_pixels=1).items == ["dog"]


def test_another_name_is_taken_where_it_can_only_mean_one_input() -> None:
    assert ask(files("INPUT", b"a"), tasks=PICTURES).noun == "images"
    assert ask(files("INPUT", b"a"), tasks=WORDS).noun == "texts"
    assert ask(Tensor("x", "UINT8", np.ones((1, 2, 2, 3), np.uint8))).noun == "pixels"
    assert ask(Tensor("x", "FP32", np.ones((1, 3, 2, 2), "<f4"))).noun == "pixel_values"
    with pytest.raises(InvalidRequest, match="no input 'INPUT' of BYTES"):
        ask(files("INPUT", b"a"))


def test_captions_are_asked_for_by_name_or_are_all_there_is() -> None:
    assert ask(files("images", b"a"), tasks=CAPTIONS).outputs == ["captions"]
    several = PICTURES | CAPTIONS
    assert ask(files("images", b"a"), tasks=several).task is Task.IMAGE_EMBEDDING
    assert ask(files("images", b"a"), tasks=several, outputs=("captions",)).task is Task.CAPTIONING
    with pytest.raises(InvalidRequest, match="not both"):
        ask(files("images", b"a"), tasks=several, outputs=("captions", "embeddings"))


@pytest.mark.parametrize(
    ("inputs", "told"),
    [
        ((files("images", b"a"), files("texts", b"a")), "brings one of"),
        ((files("images"),), "holds no item"),
        ((Tensor("images", "BYTES", objects([b"a"], ())),), "holds no item"),
        ((Tensor("images", "BYTES", objects([b"a", b"b"], (1, 2))),), r"must be BYTES \[n\]"),
        ((Tensor("images", "UINT8", np.ones(3, np.uint8)),), r"must be BYTES \[n\]"),
        ((Tensor("pixels", "UINT8", np.ones((1, 2, 2), np.uint8)),), "height, width, 3"),
        ((Tensor("pixels", "UINT8", np.ones((1, 0, 2, 3), np.uint8)),), "height, width, 3"),
        ((Tensor("pixels", "INT8", np.ones((1, 2, 2, 3), np.int8)),), "height, width, 3"),
        ((Tensor("pixel_values", "FP64", np.ones((1, 3, 2, 2))),), "must be FP32"),
        ((files("texts", b"a", b"\xff"),), r"texts\[1\] is not UTF-8"),
    ],
)
def test_inputs_that_are_not_the_models_are_refused(inputs: tuple[Tensor, ...], told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        ask(*inputs)


def test_too_many_items_pixels_and_unknown_outputs_are_refused() -> None:
    with pytest.raises(TooLarge, match="over 100 pixels"):
        ask(Tensor("pixels", "UINT8", np.ones((1, 2, 51, 3), np.uint8)))
    with pytest.raises(TooLarge, match="9 items; at most 8"):
        ask(files("images", *[b"a"] * 9))
    with pytest.raises(InvalidRequest, match="gives embeddings and refused, not 'logits'"):
        ask(files("images", b"a"), outputs=("logits",))


def question(*outputs: str, partial: bool = False) -> Question:
    return Question(Task.IMAGE_EMBEDDING, "images", [b"a"], outputs or ("embeddings",), partial)


def test_one_row_for_each_item_in_order() -> None:
    rows = [np.float32([1, 0]), np.float32([0, 1])]
    (embeddings,) = outputs_for(question(), rows, IDENTITY)
    assert embeddings.datatype == "FP32"
    assert embeddings.values.tolist() == [[1, 0], [0, 1]]
    (captions,) = outputs_for(question("captions"), [Caption("ein Hund")], IDENTITY)
    assert to_json(captions) == ["ein Hund"]


def test_partial_answers_leave_no_doubt_which_rows_are_empty() -> None:
    asked = ask(files("images", b"a", b"b"), partial=True, outputs=("embeddings",))
    assert asked.outputs == ["embeddings", "refused"]
    embeddings, refused = outputs_for(asked, [np.float32([1, 0]), TRUNCATED], IDENTITY)
    assert np.isnan(embeddings.values[1]).all()
    assert to_json(refused) == ["", "truncated"]
    (captions,) = outputs_for(question("captions", partial=True), [TRUNCATED], IDENTITY)
    assert to_json(captions) == [""]


@pytest.mark.parametrize(
    ("outcomes", "error", "told"),
    [
        (
            [np.float32([1, 0]), TRUNCATED],
            ImageRefused,
            "images[1] was refused (truncated): Its end is missing. The parameter partial",
        ),
        (
            [TRUNCATED, TRUNCATED],
            ImageRefused,
            "images[0] was refused (truncated): Its end is missing. 1 more",
        ),
        ([Refusal(Reason.MODEL_FAILED, "It failed."), TRUNCATED], ImageRefused, "images[1]"),
        ([Refusal(Reason.MODEL_FAILED, "It failed.")], ModelFailed, "images[0]"),
        ([Refusal(Reason.OUT_OF_MEMORY, "It is large.")], OutOfMemory, "images[0]"),
    ],
)
def test_a_refused_item_refuses_the_request_and_is_named(
    outcomes: list[serving.Outcome], error: type[PinakesError], told: str
) -> None:
    with pytest.raises(error) as caught:
        outputs_for(question(), outcomes, IDENTITY)
    assert told in caught.value.sentence
