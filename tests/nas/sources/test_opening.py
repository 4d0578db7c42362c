import json
from dataclasses import replace
from pathlib import Path

import pytest

from nas.config import NasConfig
from nas.samplers.evolution import Evolution
from nas.samplers.predictor.sampler import PredictorSampler
from nas.sources.opening import described, recorded_sources, sampler_of, sources_of
from search_spaces.errors import InvalidInput
from tests.nas.search.test_run import TIMES, search
from tests.nas.sources.earlier_search import experiment_of, searched
from trials.experiment import DataConfig, ObjectiveConfig
from trials.objectives.shared.objective import Shared
from trials.objectives.zero_cost import ZeroCost
from trials.resolving import space_of

DIGITS = DataConfig(name="digits", train_images=100, validation_images=50)


def test_without_sources_the_sampler_is_the_one_that_is_named(tmp_path: Path) -> None:
    experiment = experiment_of()
    space = space_of(experiment)
    assert sources_of(experiment, space, tmp_path) == []
    assert isinstance(sampler_of(experiment, space, []), Evolution)
    assert recorded_sources([]) == {}


def test_earlier_searches_stand_first_and_their_content_is_recorded(tmp_path: Path) -> None:
    nas = NasConfig(sampler="predictor", sources=("zero-cost", "shared"), learn_from=(str(searched(tmp_path)),))
    experiment = replace(experiment_of(), objective=ObjectiveConfig(), data=DIGITS, nas=nas)
    assert experiment.objective.name == "train"
    space = space_of(experiment)
    sources = sources_of(experiment, space, tmp_path / "out")
    assert [source.name for source in sources] == [str(tmp_path / "first"), "shared", "zero-cost"]
    assert isinstance(sources[1].evaluate, Shared)  # type: ignore[attr-defined]
    assert isinstance(sources[2].evaluate, ZeroCost)  # type: ignore[attr-defined]
    assert isinstance(sampler_of(experiment, space, sources), PredictorSampler)
    assert described(sources[0]) == f"{tmp_path / 'first'}: 11 networks of this space"
    digest, *names = recorded_sources(sources)["sources"]
    assert names == ["shared", "zero-cost"]
    assert digest.startswith("11 networks, sha256 ")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("objective", "chosen"),
    [
        (ObjectiveConfig(), ("zero-cost",)),
        (ObjectiveConfig(name="shared"), ()),
        (ObjectiveConfig(name="zero-cost"), ()),
        (ObjectiveConfig(python="a:b"), ()),
    ],
)
def test_auto_is_what_is_far_cheaper_than_an_evaluation(objective: ObjectiveConfig, chosen: tuple[str, ...]) -> None:
    assert NasConfig(sampler="predictor", sources="auto").chosen_sources(objective) == chosen


def test_a_search_learns_from_an_earlier_one_and_goes_on_as_if_undisturbed(tmp_path: Path) -> None:
    earlier = str(searched(tmp_path / "earlier"))
    nas = {"trials": 9, "sampler": "predictor", "references": [], "learn_from": [earlier]}
    whole = search(tmp_path, nas=nas)
    assert set(whole.sources) == {earlier}
    record = json.loads((whole.folder / "run.json").read_text())
    assert set(record["results"]["sources"][earlier]) == {"value", "low", "high"}
    (tmp_path / "again").mkdir()
    search(tmp_path / "again", nas=nas | {"trials": 5})
    resumed = search(tmp_path / "again", nas=nas)
    same = [name for name in whole.candidates if name not in TIMES]
    assert resumed.candidates[same].equals(whole.candidates[same])
    (tmp_path / "earlier" / "first" / "nas" / "study.journal").unlink()
    with pytest.raises(InvalidInput, match=r"nas\.learn_from\.0"):
        search(tmp_path / "again", nas=nas | {"trials": 10})
