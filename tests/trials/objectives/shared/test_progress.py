from __future__ import annotations

from pathlib import Path

import pandas as pd

from tests.trials.objectives.shared.test_controller import controller
from trials.objectives.shared.controller import PolicyRecord
from trials.objectives.shared.progress import told_epochs, told_policy, write_policy
from trials.reward import Reward
from trials.training.state import EpochResult


def test_the_time_left_is_that_of_the_epochs_so_far() -> None:
    lines: list[str] = []
    on_epoch = told_epochs(4, lines.append)
    on_epoch(EpochResult(1, 1.0, 0.5, 1.0, 2.0))
    on_epoch(EpochResult(2, 1.0, 0.5, 1.0, 4.0))
    assert [line.rpartition("left ")[2] for line in lines] == ["6 s", "6 s"]
    assert "policy" not in lines[0]


def test_a_policy_is_told_as_it_was_after_each_epoch() -> None:
    one = controller(Reward())
    one.history[:] = [PolicyRecord(step, 1 - step / 600, 0.5, 1e6) for step in (150, 300, 450)]
    lines: list[str] = []
    on_epoch = told_epochs(4, lines.append, one)
    for epoch in (1, 2):
        on_epoch(EpochResult(epoch, 1.0, 0.5, 1.0, 2.0))
    assert ["policy's entropy 0.75" in lines[0], "policy's entropy 0.50" in lines[1]] == [True, True]
    assert told_policy(one) == (
        "policy: entropy 0.25 (1: undecided, 0: decided) after 450 steps; its most probable network has 1,000,000 flops"
    )


def test_the_way_of_a_policy_is_a_table(tmp_path: Path) -> None:
    write_policy([PolicyRecord(1, 1.0, 0.0, 5.0), PolicyRecord(9, 0.25, 0.5, 4.0)], tmp_path / "policy.csv")
    table = pd.read_csv(tmp_path / "policy.csv")
    assert table.to_dict("list") == {"step": [1, 9], "entropy": [1.0, 0.25], "reward": [0.0, 0.5], "cost": [5.0, 4.0]}
