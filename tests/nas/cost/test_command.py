"""`nas cost` of networks by every kind of name."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from nas.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


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
