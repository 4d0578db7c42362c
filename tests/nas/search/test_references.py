"""Networks beside the candidates, by every name a network can have; a search goes on whatever became of a file."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
import yaml

from nas.config import NasConfig, NasExperiment
from nas.search.references import planned_references, reference_name, reference_network, split_references
from search_spaces import InvalidInput, save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.validation import validated
from tests.nas.search.test_run import search
from trials.experiment import ObjectiveConfig
from trials.study.plan import PLANNED

MINE = {"arch_def": [["ds_r1_k3_s1_e1_c16"], ["ir_r2_k3_s2_e3_c24_se0.25"]], "activation": "relu", "resolution": 64}


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.yaml"
    path.write_text(yaml.safe_dump(MINE))
    return path


def test_shared_weights_leave_out_what_is_not_of_their_space() -> None:
    names = NasConfig(references=("mobilenet-v2", "efficientnet-b0"))
    shared = NasExperiment(nas=names, objective=ObjectiveConfig(name="shared"), resolution=64)
    judged, lines = split_references(shared)
    assert judged == ["efficientnet-b0"]
    assert [line.split(":")[0] for line in lines] == ["mobilenet-v2 is left out"]
    assert "\n" not in lines[0]
    assert split_references(NasExperiment(nas=names)) == (["mobilenet-v2", "efficientnet-b0"], [])


def test_a_published_name_is_all_that_a_trial_keeps() -> None:
    (planned,) = planned_references(["mnasnet-a1"])
    assert (planned.name, planned.labels) == ("mnasnet-a1", {})
    assert reference_network({PLANNED: "mnasnet-a1"}) == reference("mnasnet-a1")


def test_other_networks_are_kept_with_their_trial(mine: Path) -> None:
    (planned,) = planned_references([str(mine)])
    mine.unlink()
    labels = {PLANNED: planned.name, **planned.labels}
    assert reference_network(labels).stages[1].se_ratio == 0.25
    assert reference_name(labels) == str(mine)


def test_files_of_both_kinds_are_evaluated_beside_the_candidates(mine: Path, tmp_path: Path) -> None:
    ours = tmp_path / "ours.yaml"
    save_architecture(reference("mobilenet-v2"), ours)
    names = ["mnasnet-a1", str(mine), str(ours)]
    result = search(tmp_path, f"nas.references={names}", "nas.trials=2")
    assert list(result.references["name"]) == names
    assert result.references["flops"].iloc[2] == estimate_cost(reference("mobilenet-v2")).flops
    again = search(tmp_path, f"nas.references={names}", "nas.trials=3")
    pd.testing.assert_frame_equal(again.references, result.references)


def test_a_file_that_changed_is_another_network(mine: Path, tmp_path: Path) -> None:
    first = search(tmp_path, f"nas.references=['{mine}']", "nas.trials=1")
    mine.write_text(yaml.safe_dump(MINE | {"activation": "relu6", "resolution": 96}))
    second = search(tmp_path, f"nas.references=['{mine}']", "nas.trials=1")
    assert second.references["flops"].iloc[1] > first.references["flops"].iloc[0] == second.references["flops"].iloc[0]


@pytest.mark.usefixtures("torchvision_imports")
def test_a_timm_model_is_evaluated_beside_the_candidates(tmp_path: Path) -> None:
    pytest.importorskip("timm")
    result = search(tmp_path, "nas.references=['timm:mnasnet_100']", "nas.trials=1")
    assert list(result.references["name"]) == ["timm:mnasnet_100"]
    assert result.references["params"].iloc[0] == 4_383_312  # timm's own count


@pytest.mark.parametrize(
    ("source", "key", "said"),
    [
        ("alexnet", "nas.references.0", "an existing file, timm:MODEL, or one of efficientnet-b0"),
        ("timm:", "nas.references.0", "timm:MODEL"),
        ("timm:../x", "nas.references.0", "timm:MODEL"),
        ("wrong.yaml", "nas.references.0.arch_def.0.0", "begins with one of"),
    ],
)
def test_a_wrong_name_is_told_on_reading(
    source: str, key: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("wrong.yaml").write_text(yaml.safe_dump(MINE | {"arch_def": [["er_r1_k3_s1_e4_c16"]]}))
    with pytest.raises(InvalidInput, match=said) as caught:
        validated(NasConfig, {"references": [source]}, "nas")
    assert caught.value.key == key
    assert "\n" not in str(caught.value)
