from __future__ import annotations

from pathlib import Path

import pytest

from tests.nas.searched import run


def test_compare_prints_stages_and_the_difference(folder: Path) -> None:
    result = run(folder, "compare", "best", "try", "--seeds", "4")
    assert result.exit_code == 0, result.output
    assert "95 % interval" in result.output
    assert "head" in result.output


@pytest.mark.usefixtures("torchvision_imports")
def test_compare_and_train_take_a_timm_model(folder: Path) -> None:
    pytest.importorskip("timm")
    result = run(folder, "compare", "best", "try", "--seeds", "2", "--reference", "timm:mnasnet_100")
    assert result.exit_code == 0, result.output
    assert "mnasnet_100" in result.output
    result = run(folder, "train", "timm:mnasnet_small", "try")
    assert result.exit_code == 0, result.output
    assert (folder / "results" / "try" / "train" / "mnasnet_small" / "weights.safetensors").is_file()


WRONG = [
    (["compare", "top-2", "try"], "architecture"),
    (["compare", "efficientnet-b0", "try"], "--reference"),
    (["compare", "best", "try", "--reference", "alexnet"], "architecture"),
    (["compare", "best", "try", "--set", "objective.python=nowhere:f"], "objective.python"),
    (["compare", "mobilenet-v2", "scores"], "objective.name"),
]


@pytest.mark.parametrize(("arguments", "key"), WRONG)
def test_wrong_input_is_one_line_and_exit_code_2(arguments: list[str], key: str, folder: Path) -> None:
    result = run(folder, *arguments)
    assert result.exit_code == 2, result.output
    assert result.stderr.startswith(f"Error: {key}: got ")
    assert result.stderr.count("\n") == 1
    assert not (folder / "results" / "scores").exists()
