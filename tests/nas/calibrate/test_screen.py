from __future__ import annotations

import numpy as np

from nas.calibrate.exponents import calibrate
from nas.calibrate.screen import advice
from trials.experiment import Experiment
from trials.reward import Reward


def test_another_kind_of_reward_is_told_to_become_soft() -> None:
    found = calibrate(np.array([1.0, 2.0, 4.0]), np.array([0.4, 0.5, 0.6]))
    absolute = Experiment(reward=Reward(kind="absolute"))
    assert any("--set reward.kind=soft --set reward.w=" in line for line in advice(found, "try", absolute))
    assert not any("reward.kind" in line for line in advice(found, "try", Experiment()))
