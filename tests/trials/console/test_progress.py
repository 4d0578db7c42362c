from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from rich.console import Console

from nas.config import NasConfig, NasExperiment
from nas.search.results import SearchResult
from nas.search.run import run_search
from trials.experiment import ObjectiveConfig
from trials.reward import Reward

LINE = re.compile(r"trial (\d+)  (\w+) (-?[\d.]+)  accuracy ([\d.]+)")


def shown(sampler: str, folder: Path, *, terminal: bool = False) -> tuple[str, SearchResult]:
    experiment = NasExperiment(
        name="try",
        objective=ObjectiveConfig(python="tests.objectives:by_size"),
        reward=Reward(kind="absolute", target="300M"),
        nas=NasConfig(sampler=sampler, trials=5, references=()),
    )
    stream = io.StringIO()
    console = Console(file=stream, width=200, force_terminal=terminal)
    result = run_search(experiment, folder, console=console, command="test")
    return stream.getvalue(), result


@pytest.mark.parametrize("sampler", ["random", "nsga2"])
def test_lines_tell_the_reward_beside_the_accuracy(sampler: str, tmp_path: Path) -> None:
    text, result = shown(sampler, tmp_path)
    lines = LINE.findall(text)
    assert len(lines) == 5
    rows = result.candidates.set_index("number")
    for number, judgement, value, accuracy in lines:
        row = rows.loc[int(number)]
        assert judgement == "reward"
        assert float(value) == pytest.approx(row["val_accuracy"] - 0.1 * abs(row["flops"] / 300e6 - 1), abs=1e-4)
        assert float(accuracy) == pytest.approx(row["val_accuracy"], abs=1e-4)


def test_the_live_table_names_what_it_shows(tmp_path: Path) -> None:
    text, result = shown("nsga2", tmp_path, terminal=True)
    assert result.best_row is not None
    text = re.sub(r"\x1b\[[\d;?]*[A-Za-z]", "", text)  # colours
    assert re.search(r"trial +reward +accuracy", text)
    assert re.search(r"best reward so far: -?[\d.]+, trial \d", text)
