from __future__ import annotations

from pathlib import Path

import pytest

from grid_search.maps.request import read_request
from search_spaces.errors import InvalidInput
from tests.grid_search.commands import run
from tests.grid_search.maps.conftest import asked


@pytest.mark.usefixtures("inside")
def test_a_baseline_is_scaled_by_the_papers_coefficients() -> None:
    request = asked()
    assert request.networks[0].architecture.name == "tiny"
    assert request.experiment.proxy.width == 1
    assert request.experiment.cost.num_classes == 3
    assert [one.role for one in request.untrained] == [one.role for one in request.networks]


@pytest.mark.usefixtures("inside")
def test_weights_take_the_place_of_trainings() -> None:
    request = asked(trained=("baseline=a", "depth-only=b"))
    assert request.trained == {"baseline": Path("a"), "depth only": Path("b")}
    assert [one.role for one in request.untrained] == ["width only", "resolution only", "compound"]
    with pytest.raises(InvalidInput, match="did you mean depth-only"):
        asked(trained=("depth-onyl=b",))


@pytest.mark.usefixtures("inside")
def test_deployed_networks_are_trained_whole_at_the_largest_resolution() -> None:
    experiment = asked(deployed=True).experiment
    assert experiment.proxy.width == experiment.proxy.resolution == 1
    assert experiment.data.size is not None
    assert max(experiment.data.size) == max(max(one.architecture.input_size) for one in asked().networks)


def test_the_folder_of_a_search_says_coefficients_and_where_maps_go(file: Path, tmp_path: Path) -> None:
    options = ("--file", file, "--out", tmp_path / "results", "--baseline", "mobilenet-v2")
    assert run("search", "try", *options).exit_code == 0
    found = tmp_path / "results" / "try"

    def read(*overrides: str) -> Path:
        return read_request(
            str(found), name="", file=file, overrides=overrides, trained=(), deployed=False, out=None
        ).folder

    with pytest.raises(InvalidInput, match="trained here"):  # that search asked a function
        read()
    assert read("objective.python=null", "data.name=digits") == found / "maps"


def test_a_folder_without_a_search_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="scale search"):
        asked(source=str(tmp_path))
