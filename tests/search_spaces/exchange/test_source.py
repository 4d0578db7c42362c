"""Whatever names a network; timm models are in test_timm_model."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from search_spaces import InvalidInput, save_architecture
from search_spaces.cost import estimate_cost
from search_spaces.exchange.source import check_source, load_architecture, recorded_task
from search_spaces.reference import REFERENCES, reference
from search_spaces.task import Task
from tests.search_spaces.exchange.imports.published import MNASNET_A1, load


def test_other_sources_are_what_they_were(tmp_path: Path) -> None:
    for name in REFERENCES:
        assert load_architecture(name) == reference(name)
    with pytest.raises(InvalidInput, match="timm:MODEL"):
        load_architecture(str(tmp_path / "nowhere.yaml"))
    assert estimate_cost(load_architecture("resnet-50")).params == 25_557_032


def test_a_file_is_read_and_named_after_itself(tmp_path: Path) -> None:
    save_architecture(reference("mnasnet-a1"), tmp_path / "mine.yaml")
    assert load_architecture(tmp_path / "mine.yaml") == reference("mnasnet-a1")
    assert load(tmp_path, arch_def=MNASNET_A1, activation="relu").name == "mine"


def test_a_file_of_neither_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput):
        load(tmp_path, activation="relu", resolution=224)


@pytest.mark.parametrize("source", ["efficientnet-b0", "timm:mobilenetv3_large_100"])
def test_names_are_checked_without_timm(source: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)  # importing it fails
    check_source("scale.baseline", source)


@pytest.mark.parametrize("source", ["timm:", "timm:no/model", "efficientnet-b99"])
def test_what_names_nothing_is_refused_under_the_key_of_the_setting(source: str) -> None:
    with pytest.raises(InvalidInput, match="timm:MODEL") as caught:
        check_source("scale.baseline", source)
    assert (caught.value.key, caught.value.value) == ("scale.baseline", source)


def test_a_mistake_in_a_file_is_told_inside_the_key_of_the_setting(tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    save_architecture(reference("efficientnet-b0"), path)
    path.write_text(path.read_text().replace("385814752", "385814751"))
    with pytest.raises(InvalidInput) as caught:
        check_source("scale.baseline", str(path))
    assert caught.value.key == "scale.baseline.cost.flops"


@pytest.mark.parametrize("classes", [0, -1, 1_000_001])
def test_a_wrong_number_of_classes_is_refused(classes: int) -> None:
    with pytest.raises(InvalidInput, match="--num-classes"):
        recorded_task("efficientnet-b0", classes)


def test_the_classes_asked_for_take_the_place_of_the_recorded() -> None:
    assert recorded_task("efficientnet-b0", 7) == Task(num_classes=7)
