from __future__ import annotations

import pytest

from nas.samplers.reinforce import Reinforce
from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space


def test_quarter_of_the_planned_trials_is_warm_up() -> None:
    space = load_space("efficientnet")
    assert Reinforce(space=space, seed=0, planned_trials=2000).warm_up_trials == 500
    assert Reinforce(space=space, seed=0).warm_up_trials == 0


@pytest.mark.parametrize("settings", [{"learning_rate": 0.0}, {"planned_trials": 0}])
def test_refuses_impossible_settings(settings: dict[str, float]) -> None:
    with pytest.raises(InvalidInput, match=next(iter(settings))):
        Reinforce(space=load_space("efficientnet"), seed=0, **settings)
