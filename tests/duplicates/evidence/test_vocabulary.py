"""Words and signatures: size, stability under alteration and mirroring, storage."""

import numpy as np
import pytest
from tests.altered import photo

from pinakes.duplicates.evidence import vocabulary
from pinakes.duplicates.evidence.local_signature import FEATURE, LocalSignature
from pinakes.images.keypoints import MIRROR, extract


def test_the_shipped_vocabulary_is_what_the_code_expects() -> None:
    words = vocabulary.load()
    assert words.words == 8192
    assert words.rotation.shape == (64, 64)
    assert np.allclose(words.rotation @ words.rotation.T, np.eye(64), atol=0.01)
    assert np.allclose(words.side[MIRROR], -words.side, atol=1e-3)


def test_a_signature_is_small_and_survives_storage() -> None:
    signature = vocabulary.load().signature(extract(photo("coffee")))
    stored = signature.to_bytes()
    assert len(signature) == vocabulary.INDEXED_FEATURES
    assert len(stored) == 4 + 14 * 128 <= 2048
    assert np.array_equal(LocalSignature.from_bytes(stored).features, signature.features)


@pytest.mark.parametrize("stored", [b"", b"pls1x", b"none" + bytes(14), b"pls1" + bytes(13)])
def test_foreign_bytes_are_refused(stored: bytes) -> None:
    with pytest.raises(ValueError, match="not a local signature"):
        LocalSignature.from_bytes(stored)


def test_an_empty_frame_has_an_empty_signature() -> None:
    signature = vocabulary.load().signature(extract(np.zeros((100, 100, 3), np.uint8)))
    assert len(signature) == 0
    assert len(LocalSignature.from_bytes(signature.to_bytes())) == 0


def test_a_mirrored_patch_has_the_same_word_and_code_and_the_other_side() -> None:
    words = vocabulary.load()
    descriptors = extract(photo("astronaut")).descriptors
    one, flipped = words.reduce(descriptors)
    two, other = words.reduce(descriptors[:, MIRROR])
    assert np.array_equal(flipped, ~other)
    assert np.allclose(one, two, atol=1e-5)
    assert np.array_equal(words.assign(one)[0], words.assign(two)[0])


def test_features_are_stored_by_place_angle_and_scale() -> None:
    found = extract(photo("rocket"))
    features = vocabulary.load().signature(found).features
    assert features.dtype == FEATURE
    size = np.array([found.width, found.height])
    assert np.allclose(features["place"] / 256 * size, found.points[:128, :2], atol=2)
    assert np.allclose(2 ** ((features["scale"] >> 1) / 8), found.points[:128, 2], rtol=0.05)
