from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from grid_search.family.finished import read_rule
from search_spaces import InvalidInput, load_architecture, save_architecture
from search_spaces.reference import reference
from search_spaces.task import Task
from tests.grid_search.commands import run


@pytest.fixture
def decided(tmp_path: Path) -> Path:
    """Return the results of a search that decided on a rule for ten classes."""
    folder = tmp_path / "results" / "scale"
    save_architecture(reference("mobilenet-v2"), folder / "baseline.yaml", num_classes=10)
    content = {"alpha": 1.2, "beta": 1.1, "gamma": 1.15, "rounding": {"depth": "nearest"}, "statement": "so it is"}
    (folder / "coefficients.yaml").write_text(yaml.safe_dump(content))
    return folder


def test_the_folder_of_the_experiment_will_do(decided: Path) -> None:
    rule = read_rule(decided.parent)
    assert rule == read_rule(decided)
    assert (rule.task, rule.rounding.depth, rule.coefficients.alpha) == (Task(num_classes=10), "nearest", 1.2)


def test_emit_makes_the_decision_real(decided: Path, tmp_path: Path) -> None:
    result = run("emit", "--from", decided, "--phi", "0,1", "--flops", "2x", "--out", tmp_path / "family")
    assert result.exit_code == 0, result.output
    baseline = tmp_path / "family" / "mobilenet-v2-phi0.yaml"
    assert load_architecture(baseline).key == reference("mobilenet-v2").key
    content = yaml.safe_load(baseline.read_text())
    assert content["cost"]["num_classes"] == 10
    assert content["provenance"]["rounding"]["depth"] == "nearest"
    assert len(list((tmp_path / "family").glob("*.yaml"))) == 3


@pytest.mark.parametrize(
    "beside", [("--baseline", "mobilenet-v2"), ("--alpha", "1.2"), ("--width-divisor", "16"), ("--official",)]
)
def test_what_the_search_decided_is_not_said_twice(decided: Path, tmp_path: Path, beside: tuple[str, ...]) -> None:
    result = run("emit", "--from", decided, "--phi", "1", *beside, "--out", tmp_path / "family")
    assert result.exit_code == 2
    assert beside[0] in result.stderr or "--from" in result.stderr
    assert not (tmp_path / "family").exists()


def test_a_folder_without_a_decision_is_refused(decided: Path, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="finished `scale search`"):
        read_rule(tmp_path / "nowhere")
    (decided / "baseline.yaml").unlink()
    with pytest.raises(InvalidInput, match=r"baseline\.yaml"):
        read_rule(decided)


def test_a_malformed_decision_names_file_and_key(decided: Path) -> None:
    (decided / "coefficients.yaml").write_text("alpha: twelve\nbeta: 1.1\ngamma: 1.1\n")
    with pytest.raises(InvalidInput, match=r"coefficients\.yaml\.alpha"):
        read_rule(decided)


def test_no_baseline_and_no_decision_is_refused(tmp_path: Path) -> None:
    result = run("emit", "--phi", "1", "--out", tmp_path / "family")
    assert result.exit_code == 2
    assert result.stderr.startswith("Error: --baseline: got nothing")
