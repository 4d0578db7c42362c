from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from click.testing import CliRunner

from nas.cli import main
from search_spaces import save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from tests.nas.commands import run


def test_cost_prints_every_counter() -> None:
    result = run("cost", "efficientnet-b0")
    assert result.exit_code == 0, result.output
    assert result.output.count("385,814,752") == 3
    assert "401,659,392" in result.output


def test_cost_at_another_resolution() -> None:
    # the published B0 at 240 px would be B1's resolution; the counters agree with one another
    result = run("cost", "mobilenet-v2", "--resolution", 32)
    assert result.exit_code == 0, result.output
    assert "at 32 px" in result.output


def test_a_network_too_large_to_run_is_counted_in_closed_form(tmp_path: Path) -> None:
    b0 = reference("efficientnet-b0")
    deep = replace(b0, stages=(*b0.stages[:-1], replace(b0.stages[-1], depth=1_000)))
    save_architecture(deep, tmp_path / "deep.yaml")
    result = CliRunner().invoke(main, ["cost", str(tmp_path / "deep.yaml")])
    assert result.exit_code == 0, result.output
    assert "closed form" in result.output and "too large" in result.output
    assert f"{estimate_cost(deep).flops:,}" in result.output
