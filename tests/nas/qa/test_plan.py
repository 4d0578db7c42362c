from __future__ import annotations

from pathlib import Path

import pytest
import yaml

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


def test_references_are_named_as_the_experiment_names_them(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump({"arch_def": [["ds_r1_k3_s1_e1_c16"]], "activation": "relu"}))
    networks = sample_networks(NasExperiment(nas=NasConfig(references=(str(path), "mnasnet-a1"))), 3)
    assert [network.name for network in networks] == [str(path), "mnasnet-a1", "random-2"]
    assert networks[0].architecture.stages[0].width == 16
