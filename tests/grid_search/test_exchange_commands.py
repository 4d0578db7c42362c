"""From somebody's block strings to an exported family, by the commands; and mistakes on the way."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from grid_search.cli import main
from search_spaces import Architecture, Head, Stage, Stem, load_architecture, save_architecture
from search_spaces.network import build_network
from search_spaces.weights import Expects, save_weights

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


def finished_training(folder: Path, channels: int = 1) -> Path:
    """Write a small network of three classes as `nas train` leaves it."""
    stage = Stage(op="mbconv", expansion_ratio=2, se_ratio=0.25, width=8, depth=1)
    network = Architecture(resolution=16, stem=Stem(width=8), stages=(stage,), head=Head(width=16))
    expects = Expects(
        resolution=(16, 16),
        mean=(0.5,) * channels,
        std=(0.25,) * channels,
        num_classes=3,
        classes=("ape", "bee", "cat"),
    )
    folder.mkdir()
    save_architecture(network, folder / "architecture.yaml", num_classes=3, in_channels=channels)
    save_weights(build_network(network, in_channels=channels, num_classes=3), expects, folder / "weights.safetensors")
    return folder


def test_the_folder_of_a_training_is_all_that_is_needed(tmp_path: Path) -> None:
    folder, out = finished_training(tmp_path / "train"), tmp_path / "out" / "network.py"
    result = run("export", folder, "--to", "timm", "--out", out)
    assert result.exit_code == 0, result.output
    assert [Path(line).name for line in result.output.split()] == ["network.py", "network.safetensors", "classes.txt"]
    assert (tmp_path / "out" / "classes.txt").read_text() == "ape\nbee\ncat\n"
    assert "num_classes=3" in out.read_text() and "in_chans=1" in out.read_text()
    (folder / "weights.safetensors").unlink()
    result = run("export", folder, "--to", "timm", "--out", out)
    assert result.exit_code == 2
    assert "as a finished `nas train` leaves it" in result.stderr


def test_a_description_is_written_of_a_trained_network_too(tmp_path: Path) -> None:
    folder = finished_training(tmp_path / "train", channels=3)
    result = run("export", folder, "--to", "pycls", "--out", tmp_path / "network.yaml")
    assert result.exit_code == 0, result.output
    assert yaml.safe_load((tmp_path / "network.yaml").read_text())["MODEL"]["NUM_CLASSES"] == 3
    result = run(
        "export", folder, "--weights", folder / "weights.safetensors", "--to", "pycls", "--out", tmp_path / "n"
    )
    assert result.exit_code == 2 and result.stderr.startswith("Error: --weights")


def test_without_weights_classes_and_channels_are_those_of_the_file(tmp_path: Path) -> None:
    config, out = finished_training(tmp_path / "train") / "architecture.yaml", tmp_path / "network.py"
    assert run("export", config, "--to", "timm", "--out", out).exit_code == 0
    assert "num_classes=3" in out.read_text() and "in_chans=1" in out.read_text()
    assert run("export", config, "--to", "timm", "--num-classes", 7, "--out", out).exit_code == 0
    assert "num_classes=7" in out.read_text()
    assert run("export", "efficientnet-b0", "--to", "timm", "--out", out).exit_code == 0
    assert "num_classes=1000" in out.read_text()
    assert not (tmp_path / "classes.txt").exists()
