import numpy as np
import pytest
from tests.stand_ins import vector_of

from pinakes.core.errors import InvalidRequest
from pinakes.models.base import Logits
from pinakes.schemas.embeddings import LabelsRequest
from pinakes.services.inference.native.labelling import (
    KeptPrompts,
    best,
    label_rows,
    probabilities,
    prompts_of,
)

A, B, C = (vector_of(word) for word in (b"a", b"b", b"c"))


def asked(*labels: str, template: str | list[str] = "a photo of a {}") -> LabelsRequest:
    return LabelsRequest(labels=list(labels), template=template)


def test_each_label_is_put_into_each_template_as_it_is() -> None:
    assert prompts_of(asked(" cat", "{0.__class__}", template=["a {}", "{}!"])) == [
        ["a cat", "cat!"],
        ["a {0.__class__}", "{0.__class__}!"],
    ]


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (asked("a", " "), r"labels\.1 is empty"),
        (asked("a", "b", "a"), r"labels\.2 is given twice"),
        (asked("a", "b", template="a photo"), r"template\.0"),
        (asked("a", "b", template=["{}", "{} {}"]), r"template\.1"),
        (asked("a", "b", template=[]), "1 to 16"),
        (asked("a", "b", template=["{}"] * 17), "1 to 16"),
        (asked("a", "b" * 1001), "characters"),
    ],
)
def test_what_makes_no_sense_is_said(wrong: LabelsRequest, told: str) -> None:
    with pytest.raises(InvalidRequest, match=told):
        prompts_of(wrong)


def test_templates_are_averaged_and_brought_back_to_length_1() -> None:
    rows = label_rows([["a", "b"], ["c"]], {"a": A, "b": B, "c": C})
    mean = (A + B) / 2
    assert np.allclose(rows, [mean / np.linalg.norm(mean), C], atol=1e-6)
    assert rows.dtype == np.float32


def test_softmax_compares_the_labels_with_one_another() -> None:
    rows = probabilities(Logits(100.0, 0.0, "softmax"), np.stack([A, B]), np.stack([A, B, C]))
    expected = np.exp(100 * (np.stack([A, B]) @ np.stack([A, B, C]).T).astype(np.float64))
    assert np.allclose(rows, expected / expected.sum(axis=1, keepdims=True), atol=1e-6)
    assert np.allclose(rows.sum(axis=1), 1)


def test_sigmoid_judges_each_label_by_itself() -> None:
    rows = probabilities(Logits(10.0, -5.0, "sigmoid"), A[None], np.stack([A, B]))
    assert np.allclose(rows, [[1 / (1 + np.exp(-5)), 1 / (1 + np.exp(5 - 10 * (A @ B)))]], atol=1e-6)


def test_no_scale_overflows() -> None:
    for activation in ("softmax", "sigmoid"):
        rows = probabilities(Logits(1e6, -1e5, activation), A[None], np.stack([A, -A]))  # type: ignore[arg-type]
        assert np.allclose(rows, [[1, 0]])


def test_the_best_come_first_and_equal_ones_as_asked() -> None:
    scores = np.float32([0.1, 0.4, 0.4, 0.1])
    assert [entry["label"] for entry in best("abcd", scores, None)] == ["b", "c", "a", "d"]
    assert best("abcd", scores, 1) == [{"label": "b", "score": 0.4}]


def test_sentences_not_asked_for_longest_are_let_go_and_models_kept_apart() -> None:
    kept = KeptPrompts(room=2)
    kept.keep("m", "a", A)
    kept.keep("m", "b", B)
    assert kept.find("m", ["a"]).keys() == {"a"}
    kept.keep("m", "c", C)
    assert kept.find("m", ["a", "b", "c"]).keys() == {"a", "c"}
    assert kept.find("other", ["a"]) == {}
