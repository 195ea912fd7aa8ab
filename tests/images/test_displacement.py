"""Dense displacement: a known shift is measured, and undone."""

import cv2
import numpy as np
from tests.altered import photo

from pinakes.images.displacement import View, flow_of, refined, shrunk


def grey(name: str) -> np.ndarray:
    return np.asarray(cv2.cvtColor(photo(name, 224), cv2.COLOR_RGB2GRAY), dtype=np.float32)


def test_a_known_shift_is_measured() -> None:
    still = grey("astronaut")
    moving = cv2.warpAffine(still, np.array([[1, 0, 0.6], [0, 1, -0.4]]), still.shape[::-1])
    flow = flow_of(View(still, moving, np.eye(3)))
    assert len(flow.steps) > 50
    assert np.allclose(np.median(flow.steps, axis=0), [0.6, -0.4], atol=0.2)
    assert np.allclose(np.median(flow.smooth, axis=0), [0.6, -0.4], atol=0.2)


def test_refinement_undoes_a_homography() -> None:
    still = grey("coffee")
    true = np.array([[1.02, 0.01, 2.5], [-0.008, 0.985, -2.0], [2e-5, -3e-5, 1]])
    moving = cv2.warpPerspective(still, np.linalg.inv(true), still.shape[::-1], borderMode=cv2.BORDER_REFLECT)
    view = refined(View(still, moving, np.eye(3)))
    assert np.median(np.hypot(*flow_of(view).steps.T)) < 0.15


def test_exposure_is_no_displacement() -> None:
    still = grey("chelsea")
    flow = flow_of(View(still, 0.6 * still + 30, np.eye(3)))
    assert np.median(np.hypot(*flow.steps.T)) < 0.15


def test_shrinking_says_where_pixels_went() -> None:
    still = np.zeros((40, 60), np.float32)
    still[20, 30] = 100
    small, matrix = shrunk(still, 0.5)
    row, column = np.unravel_index(int(small.argmax()), small.shape)
    assert np.allclose(matrix @ [30, 20, 1], [column, row, 1], atol=0.5)
    assert shrunk(still, 1.5)[0] is still
