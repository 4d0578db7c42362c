from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from search_spaces.reference import reference
from trials.budget.begun import Begun
from trials.budget.length import Length, Pace
from trials.budget.measuring import Images
from trials.budget.pictures import Afforded, afforded
from trials.data.facts import DataFacts
from trials.experiment import DataConfig, Experiment
from trials.proxy import Proxy

B0 = reference("efficientnet-b0")
MANY = Images(most=48_000)
SMALL, LARGE = 14 / 224, 28 / 224
BEGUN = {"data": {"train_images": None}, "training": {"epochs": 7}, "proxy": {"width": 0.25, "resolution": 0.1}}


@pytest.fixture(autouse=True)
def timed(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Make 128 images of 14 px last 0.05 s, those of 28 px four times as long; keep what was timed."""
    resolutions = list[float]()

    def pace(_networks: Iterable[Any], experiment: Experiment) -> Pace:
        resolutions.append(experiment.proxy.resolution)
        return Pace(batch=128, step_seconds=0.05 * (experiment.proxy.resolution / SMALL) ** 2)

    clothes = DataFacts(
        size=(28, 28), channels=1, num_classes=10, train_images=60_000, test_images=10_000, smallest_class=6_000
    )
    monkeypatch.setattr("trials.budget.pictures.measured_pace", pace)
    monkeypatch.setattr("trials.budget.pictures.data_facts", lambda _name, _folder: clothes)
    return resolutions


def experiment_in(folder: Path) -> Experiment:
    return Experiment(
        data=DataConfig(folder=str(folder), validation_images=12_000),
        resolution=224,
        proxy=Proxy(width=0.25, resolution=SMALL, drop_strides=2),
    )


def within(
    seconds: float,
    folder: Path,
    written: dict[str, Any] | None = None,
    begun: Begun | None = None,
    images: Images = MANY,
) -> Afforded[Experiment]:
    return afforded(experiment_in(folder), written or {}, begun, images, [B0], lambda _pace: seconds)


def test_in_little_time_pictures_are_small_so_that_more_are_seen(tmp_path: Path) -> None:
    found = within(60, tmp_path)
    assert (found.experiment.proxy.resolution, found.experiment.proxy.drop_strides) == (SMALL, 2)
    assert found.length.seen == pytest.approx(60 / 0.05 * 128, rel=0.02)
    assert found.told.startswith(f"each trained on {found.length.images:,} images x 4 epochs at 14 px, about 60 s")


def test_in_much_time_they_are_large(tmp_path: Path, timed: list[float]) -> None:
    found = within(600, tmp_path)
    assert (found.experiment.proxy.resolution, found.experiment.proxy.drop_strides) == (LARGE, 1)
    assert found.length.seen >= MANY.default.seen
    assert found.seconds == pytest.approx(600, rel=0.01)
    assert timed == [SMALL, LARGE]


def test_few_images_keep_the_size_that_follows_from_them(tmp_path: Path, timed: list[float]) -> None:
    found = within(600, tmp_path, images=Images(most=8_000))
    assert found.experiment == experiment_in(tmp_path)
    assert timed == [SMALL]


def test_few_written_images_do_too(tmp_path: Path, timed: list[float]) -> None:
    few = experiment_in(tmp_path)
    few = replace(few, data=replace(few.data, train_images=8_000))
    found = afforded(few, {"data": {"train_images": 8_000}}, None, MANY, [B0], lambda _pace: 60)
    assert (found.experiment, timed) == (few, [SMALL])


def test_a_written_proxy_stands(tmp_path: Path, timed: list[float]) -> None:
    found = within(600, tmp_path, {"proxy": {"resolution": SMALL}})
    assert found.experiment == experiment_in(tmp_path)
    assert timed == [SMALL]


def test_a_study_goes_on_with_its_pictures_and_its_length(tmp_path: Path, timed: list[float]) -> None:
    found = within(600, tmp_path, begun=Begun(settings=BEGUN, evaluated=3))
    assert found.experiment.proxy == Proxy(width=0.25, resolution=0.1)
    assert found.length == Length(images=48_000, epochs=7)
    assert timed == [0.1]
    unknown = Begun(settings={**BEGUN, "proxy": None}, evaluated=3)
    assert within(600, tmp_path, begun=unknown).experiment == experiment_in(tmp_path)


def test_pictures_that_cannot_be_smaller_are_timed_once(
    tmp_path: Path, timed: list[float], monkeypatch: pytest.MonkeyPatch
) -> None:
    digits = DataFacts(
        size=(8, 8), channels=1, num_classes=10, train_images=60_000, test_images=10_000, smallest_class=6_000
    )
    monkeypatch.setattr("trials.budget.pictures.data_facts", lambda _name, _folder: digits)
    assert within(6_000, tmp_path).experiment.proxy.resolution == 8 / 224
    assert len(timed) == 1


def test_sides_are_not_told_where_they_differ(tmp_path: Path) -> None:
    found = within(60, tmp_path)
    assert " at 14 px, " in found.told
    assert "px" not in replace(found, experiment=replace(found.experiment, resolution=(224, 128))).told
