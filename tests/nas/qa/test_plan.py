from __future__ import annotations

import pytest

from nas.config import NasConfig, NasExperiment
from nas.qa.plan import sample_networks
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from trials.experiment import Limits


def test_limits_are_kept_and_what_cannot_be_found_is_said() -> None:
    config = NasConfig(references=())
    within = NasExperiment(nas=config, limits=Limits(max_flops="300M"))
    assert all(estimate_cost(network.architecture).flops <= 300e6 for network in sample_networks(within, 6))
    with pytest.raises(InvalidInput, match="at most 0"):
        sample_networks(NasExperiment(nas=config, limits=Limits(max_flops=1000)), 2)
