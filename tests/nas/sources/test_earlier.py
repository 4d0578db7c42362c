import random
from pathlib import Path

import numpy as np
import pytest

from nas.config import NasExperiment
from nas.samplers.predictor.features import Featurizer
from nas.samplers.predictor.sources import Table
from nas.sources.earlier import earlier_tables
from search_spaces.architecture_file import save_architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from search_spaces.space_file import load_space
from tests.nas.sources.earlier_search import experiment_of, searched
from trials.resolving import space_of

SPACE = load_space("efficientnet")


def learned(*paths: object, space: str = "efficientnet") -> list[Table]:
    experiment: NasExperiment = experiment_of(space, sampler="predictor", learn_from=tuple(map(str, paths)))
    choices: SearchSpace = space_of(experiment)
    return earlier_tables(experiment, choices)


def test_an_earlier_search_is_the_reward_that_its_networks_would_have_here(tmp_path: Path) -> None:
    (table,) = learned(searched(tmp_path))
    flops, params, _ = Featurizer(SPACE).costs(table.points).T
    assert len(table.values) == 11  # without the one that failed
    assert table.values == pytest.approx((0.3 + params / 3e7) * (flops / 4e8) ** -0.07)


def test_its_table_of_trials_says_the_same(tmp_path: Path) -> None:
    folder = searched(tmp_path)
    study, file = learned(folder / "nas", folder / "nas" / "trials.csv")
    assert np.array_equal(study.points, file.points)
    assert study.values == pytest.approx(file.values)


def test_a_table_of_named_networks_is_learned_from(tmp_path: Path) -> None:
    rows = ["network,accuracy"]
    for number in range(9):
        save_architecture(SPACE.sample(random.Random(number)), tmp_path / f"{number}.yaml")
        rows.append(f"{number}.yaml,{60 + number}")
    rows.append("resnet-18,70")  # of no point of this space: left out
    (tmp_path / "known.csv").write_text("\n".join(rows))
    (table,) = learned(tmp_path / "known.csv")
    assert len(table.values) == 9
    assert (table.values < 1).all()


def refusal(*paths: object, space: str = "efficientnet") -> str:
    with pytest.raises(InvalidInput) as caught:
        learned(*paths, space=space)
    told = str(caught.value)
    assert "\n" not in told
    assert told.startswith("nas.learn_from.0")
    return told


def test_what_teaches_nothing_is_refused(tmp_path: Path) -> None:
    assert "accepted: a folder of results of `nas run`, or a CSV file" in refusal(tmp_path / "nowhere")
    assert "a folder of results of `nas run`, with run.json" in refusal(tmp_path)
    (tmp_path / "no-columns.csv").write_text("name,figure\na,1\n")
    assert "a column for each choice of efficientnet" in refusal(tmp_path / "no-columns.csv")
    (tmp_path / "empty.csv").write_text("")
    assert "(none)" in refusal(tmp_path / "empty.csv")
    (tmp_path / "no-rows.csv").write_text("network,accuracy\n")
    assert "at least 8" in refusal(tmp_path / "no-rows.csv")
    (tmp_path / "binary.csv").write_bytes(bytes(range(256)))
    assert "a CSV file in UTF-8" in refusal(tmp_path / "binary.csv")


def test_an_empty_search_and_one_of_another_space_are_refused(tmp_path: Path) -> None:
    few = searched(tmp_path / "few", trials=3)
    assert "2 of its 2 evaluated networks are of the space efficientnet" in refusal(few)
    other = searched(tmp_path / "other", space="mnasnet")
    assert "evaluated networks are of the space efficientnet" in refusal(other)
    (few / "nas" / "study.journal").unlink()
    assert "still holds the study" in refusal(few)
