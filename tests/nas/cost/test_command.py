from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from nas.cli import main
from search_spaces import save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from tests.nas.commands import run


@pytest.mark.usefixtures("torchvision_imports")
def test_a_timm_model_is_counted() -> None:
    pytest.importorskip("timm")
    result = run("cost", "timm:mnasnet_100")
    assert result.exit_code == 0, result.output
    assert "mnasnet_100 at 224 px" in result.output
    assert result.output.count("4,383,312") == 2  # timm's own count; closed form and fvcore


def test_block_strings_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    strings = {"blocks_args": ["r1_k3_s1_e1_i16_o16_se0.25"], "activation": "silu", "resolution": 32}
    path.write_text(yaml.safe_dump(strings))
    result = run("cost", path)
    assert result.exit_code == 0, result.output
    assert "mine at 32 px" in result.output


def test_an_unknown_name_lists_what_is_accepted() -> None:
    result = run("cost", "alexnet")
    assert result.exit_code == 2
    assert result.stderr.startswith(
        "Error: architecture: got 'alexnet', accepted: an existing file, timm:MODEL, or one"
    )
    assert result.stderr.count("\n") == 1


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
