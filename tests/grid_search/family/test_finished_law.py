from __future__ import annotations

from pathlib import Path

import pytest

from grid_search.family.finished_law import finished_law
from search_spaces import InvalidInput
from search_spaces.reference import reference

FINISHED = Path(__file__).parents[3] / "results" / "published" / "scaling-law" / "resnet-50"


def test_a_published_law_is_asked_again() -> None:
    law = finished_law(FINISHED)
    told = law.foretell(law.rule.baseline)
    assert told is not None
    assert told.low < told.accuracy < told.high
    assert 0 < told.accuracy < 1
    assert law.dearest > 2
    assert law.foretell(reference("efficientnet-b0")) is None  # another kind of network


def test_there_is_no_law_in_an_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as caught:
        finished_law(tmp_path)
    assert caught.value.key == "--law"
