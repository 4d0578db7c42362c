from __future__ import annotations

from pathlib import Path

import pytest

from grid_search.config import ScaleConfig, load_scale_experiment
from search_spaces import InvalidInput

SHIPPED = Path(__file__).parents[2] / "experiments.yaml"


@pytest.mark.parametrize("name", ["smoke", "quickstart", "fashion-scaling", "cifar10"])
def test_shipped_experiments_are_read_with_a_typed_section(name: str) -> None:
    experiment = load_scale_experiment(name, SHIPPED)
    assert isinstance(experiment.scale, ScaleConfig)
    assert experiment.name == name


def test_what_an_override_says_is_typed() -> None:
    changed = load_scale_experiment("smoke", SHIPPED, ["scale.phis=[0, 1]", "scale.grid.tolerance=0.2"]).scale
    assert changed.phis == (0.0, 1.0)
    assert changed.grid.tolerance == 0.2


@pytest.mark.parametrize(
    ("key", "override"),
    [
        ("smoke.scale.candidates", "scale.candidates=0"),
        ("smoke.scale.rungs", "scale.rungs=[3, 1]"),
        ("smoke.scale.leader", "scale.leader=3"),
        ("smoke.scale.grid.constraint", "scale.grid.constraint=guess"),
        ("smoke.scale", "scale=3"),
    ],
)
def test_a_mistake_in_the_section_is_told_on_reading(key: str, override: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        load_scale_experiment("smoke", SHIPPED, [override])
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


def test_the_section_of_stage_1_is_left_to_stage_1() -> None:
    assert load_scale_experiment("smoke", SHIPPED, ["nas={sampler: guess}"]).nas == {"sampler": "guess"}
