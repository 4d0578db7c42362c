from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from nas.search.target_notice import target_notice
from tests.nas.searched import run
from trials.experiment_file import load_experiment


def notice(folder: Path, reward: dict[str, Any] | None, *overrides: str) -> str | None:
    path = folder / "experiments.yaml"
    path.write_text(yaml.safe_dump({"try": {} if reward is None else {"reward": reward}}))
    return target_notice(load_experiment("try", path, overrides), path, overrides)


@pytest.mark.parametrize("reward", [{"kind": "soft", "target": "300M"}, {"kind": "soft", "target": 400_000_000}])
def test_a_target_of_the_soft_reward_is_told_to_be_idle(tmp_path: Path, reward: dict[str, Any]) -> None:
    text = notice(tmp_path, reward)
    assert text is not None
    assert "does not change which network wins" in text
    assert "reward.kind=absolute" in text
    assert f"limits.max_flops={reward['target']}" in text
    assert "\n" not in text


def test_a_target_on_the_command_line_is_one_too(tmp_path: Path) -> None:
    assert notice(tmp_path, {"kind": "soft"}, "reward.target=1.6G") is not None
    assert notice(tmp_path, {"kind": "soft", "target": "300M"}, "reward.kind=absolute") is None


def test_a_target_without_a_kind_is_one_to_be_met(tmp_path: Path) -> None:
    assert notice(tmp_path, {"target": "300M"}) is None
    assert load_experiment("try", tmp_path / "experiments.yaml").reward.kind == "absolute"


@pytest.mark.parametrize(
    "reward", [None, {}, {"kind": "soft"}, {"w": -0.1}, {"kind": "absolute", "target": "300M"}, {"kind": "hard"}]
)
def test_nothing_is_said_where_nothing_is_idle(tmp_path: Path, reward: dict[str, Any] | None) -> None:
    assert notice(tmp_path, reward) is None


def test_a_cost_without_a_limit_names_none(tmp_path: Path) -> None:
    text = notice(tmp_path, {"kind": "soft", "cost": "latency_ms", "target": 6})
    assert text is not None
    assert "limits.max_latency_ms" not in text


def test_run_warns_once_of_an_idle_target(folder: Path) -> None:
    reward = "reward={kind: soft, target: 400M}"
    result = run(folder, "run", "try", "--set", "nas.trials=1", "--set", reward, "--seed", "0")
    assert result.output.count("does not change which network wins") == 1
    assert "does not change" not in run(folder, "run", "try").output
