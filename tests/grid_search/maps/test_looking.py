from __future__ import annotations

import numpy as np
import pytest

from grid_search.maps.looking import share_inside
from grid_search.maps.result import Seen


def test_the_share_is_of_the_map_and_not_of_the_pixels() -> None:
    heat = np.array([[4, 1], [3, 0]], dtype=np.float32)
    top = np.array([[True, True], [False, False]])
    assert share_inside(heat, top) == 5 / 8
    assert share_inside(heat, None) is None
    assert share_inside(np.zeros((2, 2), dtype=np.float32), top) is None


@pytest.mark.slow
def test_answers_are_those_of_the_network_on_the_file(drawn: Seen) -> None:
    from nas.predict.prediction import Trained, answers

    subject, files = drawn.subjects[3], drawn.pictures.files  # type: ignore[attr-defined]
    logits = answers(Trained(network=subject.network, expects=subject.expects), files)
    confidences, labels = logits.softmax(1).max(1)
    assert [one.label for one in drawn.looks[3]] == labels.tolist()
    assert [one.confidence for one in drawn.looks[3]] == pytest.approx(confidences.tolist(), abs=1e-5)
    assert [one.answer for one in drawn.looks[3]][:1] == ["blue"]
