from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from rich.console import Console

from nas.config import NasConfig, NasExperiment, load_nas_experiment
from nas.finished_search import candidates_of, folder_name, named_network, named_networks
from nas.search.results import SearchResult
from nas.search.run import run_search
from search_spaces import InvalidInput, save_architecture
from search_spaces.reference import reference


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def experiment(out: Path) -> NasExperiment:
    entry = {
        "objective": {"python": "tests.objectives:failing"},
        "limits": {"max_flops": "400M"},
        "nas": {"trials": 20, "sampler": "evolution"},
    }
    (out / "experiments.yaml").write_text(yaml.safe_dump({"try": entry}))
    return load_nas_experiment("try", out / "experiments.yaml")


@pytest.fixture(scope="module")
def result(out: Path, experiment: NasExperiment) -> SearchResult:
    return run_search(experiment, out, console=Console(quiet=True), command="test")


def test_top_k_are_the_rows_of_the_table_with_the_highest_reward(
    result: SearchResult, experiment: NasExperiment, out: Path
) -> None:
    table = result.candidates
    done = table[(table["state"] == "complete") & table["duplicate_of"].isna()]
    assert 3 < len(done) < len(table)
    best = done.sort_values(["value", "number"], ascending=[False, True])[:3]
    networks = named_networks("top-3", experiment, out)
    assert [network.name for network in networks] == [f"trial-{number}" for number in best["number"]]
    assert [network.architecture.key for network in networks] == list(best["key"])


def test_best_is_the_file_and_top_1(result: SearchResult, experiment: NasExperiment, out: Path) -> None:
    assert result.best is not None
    best = named_network("best", experiment, out)
    (leader,) = named_networks("top-1", experiment, out)
    assert best.name == leader.name
    assert best.architecture.key == leader.architecture.key == result.best.key


def test_files_and_published_names(tmp_path: Path) -> None:
    save_architecture(reference("mobilenet-v2"), tmp_path / "mine.yaml")
    assert named_network(str(tmp_path / "mine.yaml"), NasExperiment(), tmp_path).name == "mobilenet-v2"
    assert named_network("mnasnet-a1", NasExperiment(), tmp_path).architecture == reference("mnasnet-a1")


@pytest.mark.parametrize("source", ["top-0", "top-9999"])
@pytest.mark.usefixtures("result")
def test_more_leaders_than_candidates_are_refused(source: str, experiment: NasExperiment, out: Path) -> None:
    with pytest.raises(InvalidInput, match="top-1 to top-"):
        named_networks(source, experiment, out)


@pytest.mark.parametrize("source", ["best", "top-2"])
def test_without_a_search_the_command_that_is_missing_is_named(source: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="`nas run try`"):
        named_networks(source, NasExperiment(name="try"), tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_storage_without_the_study_is_refused(tmp_path: Path) -> None:
    elsewhere = NasExperiment(name="try", nas=NasConfig(storage=f"sqlite:///{tmp_path}/studies.db"))
    with pytest.raises(InvalidInput, match="`nas run try`"):
        candidates_of(elsewhere, tmp_path)


@pytest.mark.parametrize(
    ("text", "name"),
    [("efficientnet-b0", "efficientnet-b0"), ("../../etc", "etc"), ("..", "network"), ("a/b", "a-b"), ("é", "network")],
)
def test_no_name_leaves_its_folder(text: str, name: str) -> None:
    assert folder_name(text) == name


def test_what_names_no_network_is_told_all_that_would(tmp_path: Path, experiment: NasExperiment) -> None:
    with pytest.raises(InvalidInput, match=r"'bst', accepted: best, top-3, an existing file, .*; did you mean best\?"):
        named_networks("bst", experiment, tmp_path)
