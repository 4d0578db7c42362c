from __future__ import annotations

import numpy as np

from nas.calibrate.exponents import calibrate
from nas.calibrate.screen import advice
from nas.config import NasExperiment
from trials.reward import Reward


def test_another_kind_of_reward_is_told_to_become_soft() -> None:
    found = calibrate(np.array([1.0, 2.0, 4.0]), np.array([0.4, 0.5, 0.6]))
    absolute = NasExperiment(reward=Reward(kind="absolute"))
    assert any("--set reward.kind=soft --set reward.w=" in line for line in advice(found, absolute))
    assert not any("reward.kind" in line for line in advice(found, NasExperiment()))
