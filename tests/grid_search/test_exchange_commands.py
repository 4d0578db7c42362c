"""From somebody's block strings to an exported family, by the commands; and mistakes on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from grid_search.cli import main
from search_spaces import load_architecture

MINE = {
    "arch_def": [["ds_r1_k3_s1_e1_c16_noskip"], ["ir_r2_k3_s2_e3_c24_se0.25"], ["dsa_r2_k3_s2_c96"]],
    "activation": "relu",
    "resolution": 64,
    "head": {"width": 256},
}


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "my_arch.yaml"
    path.write_text(yaml.safe_dump(MINE))
    return path


def test_from_an_arch_string_to_an_exported_family(mine: Path, tmp_path: Path) -> None:
    imported, family, exported = tmp_path / "imported.yaml", tmp_path / "family", tmp_path / "exported.py"
    assert run("import", mine, "--out", imported).exit_code == 0
    assert load_architecture(imported).stages[2].op == "dsconv"
    content = yaml.safe_load(imported.read_text())
    assert content["cost"]["counter"] == "fvcore" and "imported_from" in content["provenance"]
    coefficients = ("--alpha", 1.2, "--beta", 1.1, "--gamma", 1.15)
    for baseline in (mine, imported):  # the strings need no import first
        result = run("emit", "--baseline", baseline, *coefficients, "--phi", "0,1", "--out", family)
        assert result.exit_code == 0, result.output
    result = run("export", family / "my_arch-phi1.yaml", "--to", "timm", "--out", exported)
    assert result.exit_code == 0, result.output
    assert result.output.strip() == str(exported)
    assert "dsa_r3_k3_s2_c104" in exported.read_text()


def test_published_networks_can_be_exported_by_name(tmp_path: Path) -> None:
    assert run("export", "resnet-50", "--to", "torch", "--out", tmp_path / "resnet.py").exit_code == 0
    assert "bottleneck" in (tmp_path / "resnet.py").read_text()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("export", "resnet-50", "--to", "timm"), "stem.pool"),
        (("export", "efficientnet-b0", "--to", "keras"), "--to"),
        (("export", "nowhere.yaml", "--to", "timm"), "architecture"),
        (("export", "efficientnet-b0", "--to", "tpu", "--weights", "w.safetensors"), "--weights"),
        (("export", "efficientnet-b0", "--to", "timm", "--num-classes", "0"), "--num-classes"),
        (("export", "efficientnet-b0", "--to", "timm", "--batch-norm-eps", "nan"), "--batch-norm-eps"),
        (("import", "nowhere.yaml"), "architecture"),
        (("import", "wrong.yaml"), "arch_def.0.0"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    arguments: tuple[str, ...], named: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "wrong.yaml").write_text(yaml.safe_dump(MINE | {"arch_def": [["er_r1_k3_s1_e4_c16"]]}))
    result = run(*arguments, "--out", "out")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"Error: {named}")
    assert len(result.stderr.splitlines()) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["wrong.yaml"]
