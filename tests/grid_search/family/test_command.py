from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from search_spaces import load_architecture, save_architecture
from search_spaces.reference import reference
from tests.grid_search.commands import COEFFICIENTS, run


def test_emit_writes_the_family(tmp_path: Path) -> None:
    result = run("emit", "--baseline", "mobilenet-v2", *COEFFICIENTS, "--phi", "0,1", "--out", tmp_path / "family")
    assert result.exit_code == 0, result.output
    assert load_architecture(tmp_path / "family" / "mobilenet-v2-phi0.yaml").key == reference("mobilenet-v2").key
    assert "counted with 1000 classes" in result.stderr
    shown = run("table", tmp_path / "family")
    assert shown.exit_code == 0, shown.output
    assert "efficientnet-b7" in shown.output


def test_emit_solves_phi_for_targets(tmp_path: Path) -> None:
    result = run("emit", "--baseline", "efficientnet-b0", *COEFFICIENTS, "--flops", "200M,2x", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    costs = sorted(yaml.safe_load(path.read_text())["cost"]["flops"] for path in tmp_path.glob("*.yaml"))
    assert costs == pytest.approx([200_000_000, 2 * 385_814_752], rel=0.03)


def test_emit_keeps_to_limits(tmp_path: Path) -> None:
    limits = ("--max-resolution", 240, "--max-depth", 20)
    result = run("emit", "--baseline", "efficientnet-b0", *COEFFICIENTS, *limits, "--flops", "3x", "--out", tmp_path)
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


def test_a_baseline_whose_cost_is_wrong_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("emit", "--baseline", wrong_cost(tmp_path), *COEFFICIENTS, "--phi", "1", "--out", out)
    assert result.exit_code == 2
    assert "cost.flops: got 385814751, accepted: 385814752" in result.stderr
    assert not out.exists()


@pytest.mark.parametrize(
    ("options", "key"),
    [
        (["--flops", "2x", "--params", "2x"], "--params"),
        (["--flops", "2x", "--latency-ms", "9"], "--latency-ms"),
        (["--params", "2x", "--latency-ms", "9"], "--latency-ms"),
    ],
)
def test_one_cost_is_solved_for(options: list[str], key: str, tmp_path: Path) -> None:
    result = run("emit", "--baseline", "efficientnet-b0", *COEFFICIENTS, *options, "--out", tmp_path / "out")
    assert result.exit_code == 2
    assert f"Error: {key}: got" in result.output
    assert not (tmp_path / "out").exists()


def test_parameters_are_a_target_too(tmp_path: Path) -> None:
    result = run("emit", "--baseline", "efficientnet-b0", *COEFFICIENTS, "--params", "8M", "--out", tmp_path)
    assert result.exit_code == 0, result.output
    written = yaml.safe_load((tmp_path / "efficientnet-b0-8M.yaml").read_text())
    assert written["cost"]["params"] == pytest.approx(8e6, rel=0.03)
