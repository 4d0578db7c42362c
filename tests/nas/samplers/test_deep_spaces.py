"""Every sampler on a space of as many stages as there may be."""

from __future__ import annotations

import pytest

from nas.samplers import SAMPLERS
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import parse_space
from tests.nas.samplers.test_samplers import open_study, run

pytestmark = pytest.mark.slow
STAGES = 256
ENOUGH = 16  # trials: for TPE to leave its random ones, and for the others to learn of some


def deepest() -> SearchSpace:
    stages = [{"op": "mbconv", "width": 16, "depth": 1}] * STAGES
    skeleton = {"resolution": 32, "stem": {"width": 8}, "stages": stages, "head": {"width": None}}
    return parse_space({"name": "deep", "skeleton": skeleton, "every_stage": {"kernel_size": {"one_of": [3, 5]}}})


@pytest.mark.parametrize("name", SAMPLERS)
def test_the_deepest_space_is_searched(name: str) -> None:
    space = deepest()
    study = open_study(name, space=space)
    run(study, ENOUGH, space)
    assert len({space.decode(trial.params).key for trial in study.trials}) == ENOUGH
