from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from grid_search.cli import main
from search_spaces import load_architecture, save_architecture
from search_spaces.reference import reference


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "experiments.yaml"
    scale = {"candidates": 3, "repeats": 2, "leaders": 1, "phis": [0, 1]}
    path.write_text(yaml.safe_dump({"try": {"objective": {"python": "tests.objectives:by_size"}, "scale": scale}}))
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def test_search_says_how_sure_it_is(file: Path, tmp_path: Path) -> None:
    result = run("search", "try", "--file", file, "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    assert result.exit_code == 0, result.output
    noise = re.search(
        r"Seeds differ by (\d+\.\d+) points \(sd\)\.\s+noise:\s+(\d) of (\d) compound candidates", result.output
    )
    assert noise is not None, result.output
    assert 0.1 < float(noise[1]) < 1.5  # the objective's own is half a point
    assert 1 <= int(noise[2]) <= int(noise[3]) == 3
    # more parameters are better: resolution alone adds none and loses by more than noise
    assert re.search(r"Against resolution only \(\S+x\): \+\d+\.\d+ points, more than noise", result.output)
    assert (tmp_path / "r" / "try" / "scale" / "coefficients.yaml").is_file()


def test_a_search_by_scores_is_refused(file: Path, tmp_path: Path) -> None:
    options = ("--set", "objective={name: zero-cost}", "--out", tmp_path / "r", "--baseline", "mobilenet-v2")
    result = run("search", "try", "--file", file, *options)
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: objective.name: got 'zero-cost'")
    assert result.stderr.count("\n") == 1
    assert not (tmp_path / "r").exists()


def test_grid_shows_the_published_grid(tmp_path: Path) -> None:
    options = ("--step", 0.05, "--tolerance", 0.1, "--csv", tmp_path / "grid.csv", "--plot", tmp_path / "grid.png")
    result = run("grid", "--baseline", "efficientnet-b0", *options)
    assert result.exit_code == 0, result.output
    assert "108, 65 distinct networks" in result.output
    assert "1.93x to 3.33x" in result.output
    assert "every alpha in (1, 1.25]" in result.output
    assert (tmp_path / "grid.csv").is_file()
    assert (tmp_path / "grid.png").read_bytes().startswith(b"\x89PNG")


def test_emit_writes_the_family(tmp_path: Path) -> None:
    coefficients = ("--alpha", 1.2, "--beta", 1.1, "--gamma", 1.15)
    result = run("emit", "--baseline", "mobilenet-v2", *coefficients, "--phi", "0,1", "--out", tmp_path / "family")
    assert result.exit_code == 0, result.output
    assert load_architecture(tmp_path / "family" / "mobilenet-v2-phi0.yaml").key == reference("mobilenet-v2").key
    shown = run("table", tmp_path / "family")
    assert shown.exit_code == 0, shown.output
    assert "efficientnet-b7" in shown.output


def test_emit_solves_phi_for_targets(tmp_path: Path) -> None:
    coefficients = ("--alpha", 1.2, "--beta", 1.1, "--gamma", 1.15)
    result = run("emit", "--baseline", "efficientnet-b0", *coefficients, "--flops", "200M,2x", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    costs = sorted(yaml.safe_load(path.read_text())["cost"]["flops"] for path in tmp_path.glob("*.yaml"))
    assert costs == pytest.approx([200_000_000, 2 * 385_814_752], rel=0.03)


def test_emit_keeps_to_limits(tmp_path: Path) -> None:
    coefficients = ("--alpha", 1.2, "--beta", 1.1, "--gamma", 1.15)
    limits = ("--max-resolution", 240, "--max-depth", 20)
    result = run("emit", "--baseline", "efficientnet-b0", *coefficients, *limits, "--flops", "3x", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    (path,) = tmp_path.glob("*.yaml")
    network = load_architecture(path)
    assert network.input_size[0] <= 240
    assert network.block_count <= 20
    assert yaml.safe_load(path.read_text())["cost"]["flops"] == pytest.approx(3 * 385_814_752, rel=0.03)


def wrong_cost(folder: Path) -> Path:
    path = folder / "wrong.yaml"
    save_architecture(reference("efficientnet-b0"), path)
    path.write_text(path.read_text().replace("385814752", "385814751"))
    return path


COEFFICIENTS = ["--alpha", "1.2", "--beta", "1.1", "--gamma", "1.15"]
B0 = ["--baseline", "efficientnet-b0"]
WRONG = [
    (["emit", *B0, "--alpha", "1.2", "--phi", "1"], "--beta"),
    (["emit", *B0, *COEFFICIENTS], "phis"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "one"], "--phi"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "99"], "phis.0"),
    (["emit", *B0, *COEFFICIENTS, "--flops", "lots"], "targets.0"),
    (["emit", *B0, *COEFFICIENTS, "--flops", "1k"], "targets.0"),
    (["emit", *B0, "--alpha", "-1", "--beta", "1", "--gamma", "1", "--phi", "1"], "coefficients.alpha"),
    (["emit", "--baseline", "mobilenet-v2", "--official"], "baseline"),
    (["emit", *B0, "--official", "--phi", "1"], "--phi"),
    (["emit", *B0, "--official", "--depth-rounding", "ceil"], "--depth-rounding"),
    (["emit", *B0, *COEFFICIENTS, "--flops", "1G", "--latency-ms", "20"], "--latency-ms"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "1", "--max-width", "0"], "limits.width"),
    (["emit", *B0, *COEFFICIENTS, "--phi", "1", "--width-divisor", "0"], "rounding.width_divisor"),
    (["emit", "--baseline", "nowhere.yaml", *COEFFICIENTS, "--phi", "1"], "architecture"),
    (["grid", *B0, "--tolerance", "0.00001", "--constraint", "measured"], "tolerance"),
    (["grid", *B0, "--step", "0"], "alpha.step"),
    (["grid", *B0, "--target", "-2"], "target"),
    (["grid", *B0, "--cost", "joules"], "cost"),
    (["search", "nope"], "experiment"),
    (["search", "try"], "--baseline"),
    (["search", "try", "--set", "scale.candidates=0"], "try.scale.candidates"),
    (["search", "try", "--set", "scale.gird={}"], "try.scale.gird"),
]


@pytest.mark.parametrize(("arguments", "key"), WRONG)
def test_wrong_input_is_one_line_exit_code_2_and_leaves_nothing(
    arguments: list[str], key: str, file: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    extra = {"emit": ["--out", str(out)], "search": ["--out", str(out), "--file", str(file)], "grid": []}
    result = run(*arguments, *extra[arguments[0]])
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not [path for path in out.rglob("*") if path.is_file()]


def test_a_baseline_whose_cost_is_wrong_is_refused(tmp_path: Path) -> None:
    result = run("emit", "--baseline", wrong_cost(tmp_path), *COEFFICIENTS, "--phi", "1", "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert "cost.flops: got 385814751, accepted: 385814752" in result.stderr
    assert not (tmp_path / "out").exists()
