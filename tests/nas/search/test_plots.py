from __future__ import annotations

from nas.search.plots import flops_lines
from trials.experiment import Experiment, Limits, ObjectiveConfig
from trials.reward import Reward


def test_the_limit_and_the_target_are_lines_with_their_figures() -> None:
    lines = flops_lines(Experiment(limits=Limits(max_flops="50M"), reward=Reward(target="1.2G")))
    assert {label: flops for label, (flops, _, _) in lines.items()} == {
        "limit (50M)": 50e6,
        "target of the reward (1,200M)": 1.2e9,
    }


def test_what_is_not_of_flops_is_no_line() -> None:
    assert flops_lines(Experiment(limits=Limits(max_params="5M"), reward=Reward(cost="params"))) == {}
    assert flops_lines(Experiment(objective=ObjectiveConfig(name="zero-cost"))) == {}
