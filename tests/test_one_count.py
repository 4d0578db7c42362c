"""One file, one count: every command that reads an architecture file says the same multiply-adds and parameters."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import onnx
import pandas as pd
import pytest
import yaml
from click.testing import CliRunner

import grid_search.cli
import nas.cli
from search_spaces import save_architecture
from search_spaces.cost import Cost, estimate_cost
from search_spaces.exchange.source import load_architecture
from search_spaces.reference import reference
from search_spaces.task import Task
from trials.accounting import cost_counter
from trials.experiment import CostConfig, Experiment

WIDE = {"COLUMNS": "200"}


def shown(command: object, *arguments: object) -> str:
    result = CliRunner().invoke(command, [str(argument) for argument in arguments], env=WIDE)  # type: ignore[arg-type]
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(params=[(2, 28, 1), (10, 64, 3), (1000, 224, 3)], ids=lambda case: "{}-{}px-{}".format(*case))
def file(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Path, Cost, Task]:
    """Return a file of a small network for so many classes, pixels and channels, and what it costs."""
    classes, pixels, channels = request.param
    whole = reference("mobilenet-v2")
    stages = tuple(replace(stage, stride=1 if index else stage.stride) for index, stage in enumerate(whole.stages[:3]))
    network = replace(whole, name="mine", resolution=pixels, stages=stages)
    path = tmp_path / "family" / "mine.yaml"
    save_architecture(network, path, num_classes=classes, in_channels=channels)
    return path, estimate_cost(network, classes, channels), Task(num_classes=classes, in_channels=channels)


def test_every_command_counts_alike(file: tuple[Path, Cost, Task], tmp_path: Path) -> None:
    path, cost, task = file
    assert f"{cost.flops:,}" in shown(nas.cli.main, "cost", path)
    assert f"{cost.params / 1e6:.2f}M" in shown(grid_search.cli.main, "table", path.parent)
    coefficients = ("--alpha", 1.2, "--beta", 1.1, "--gamma", 1.15, "--phi", 0)
    shown(grid_search.cli.main, "emit", "--baseline", path, *coefficients, "--out", tmp_path / "emitted")
    (emitted,) = (tmp_path / "emitted").glob("*.yaml")
    recorded = yaml.safe_load(emitted.read_text())["cost"]
    assert (recorded["flops"], recorded["params"]) == (cost.flops, cost.params)
    assert (recorded["num_classes"], recorded.get("in_channels", 3)) == task
    counted = cost_counter(Experiment(name="e", cost=CostConfig(**task._asdict())))(load_architecture(path))
    assert counted == cost


def test_a_grid_starts_from_the_files_own_count(file: tuple[Path, Cost, Task], tmp_path: Path) -> None:
    path, cost, task = file
    options = ("--step", 0.25, "--tolerance", 0.4, "--constraint", "measured", "--csv", tmp_path / "grid.csv")
    shown(grid_search.cli.main, "grid", "--baseline", path, *options)
    first = pd.read_csv(tmp_path / "grid.csv").iloc[0]
    assert first["flops"] / first["ratio"] == pytest.approx(cost.flops, rel=1e-6)
    assert estimate_cost(load_architecture(path), *task) == cost


def test_an_export_has_the_files_parameters(file: tuple[Path, Cost, Task], tmp_path: Path) -> None:
    path, cost, task = file
    shown(grid_search.cli.main, "export", path, "--to", "onnx", "--out", tmp_path / "mine.onnx")
    graph = onnx.load(tmp_path / "mine.onnx").graph
    weights = sum(math.prod(tensor.dims) for tensor in graph.initializer if tensor.data_type == 1)
    assert 0.95 * cost.params < weights <= cost.params  # batch norms are folded into the convolutions
    assert graph.output[0].type.tensor_type.shape.dim[1].dim_value == task.num_classes
    assert graph.input[0].type.tensor_type.shape.dim[1].dim_value == task.in_channels
