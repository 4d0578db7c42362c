from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from nas.report.reading import Search, read_search
from nas.report.words import asked, found, trust
from trials.experiment import ObjectiveConfig

PUBLISHED = Path(__file__).parents[3] / "results" / "published"


@pytest.fixture(scope="module")
def quickstart() -> Search:
    return read_search(PUBLISHED / "quickstart-shared")


def test_what_was_asked_names_space_judge_limits_and_budget(quickstart: Search) -> None:
    told = asked(quickstart)
    for part in (
        "10¹¹ networks",
        "efficientnet",
        "shared weights",
        "fashion-mnist",
        "385.8 M multiply-adds",
        "150 cand",
    ):
        assert part in told


def test_what_was_found_stands_beside_the_published_network(quickstart: Search) -> None:
    told = found(quickstart)
    assert "trial 159, chosen by a linear model of all 150 candidates" in told and "likelihood 0.4525" in told
    assert ", beside efficientnet-b0 with likelihood 0.4260" in told
    assert "ahead" not in told  # one look at each tells nothing apart


def test_shared_weights_only_rank(quickstart: Search) -> None:
    assert "no candidate was trained alone" in trust(quickstart)


def test_finalists_have_the_last_word(quickstart: Search) -> None:
    finalists = [{"seeds": 3, "separated_from": [7]}, {}, {}]
    told = trust(replace(quickstart, record={"results": {"finalists": finalists}}))
    assert "better than 1 of the 2 others" in told
    assert "about the other 1 the shared weights decided" in told


def test_what_the_trainings_said_is_said_here_too(quickstart: Search) -> None:
    results = {
        "finalists": [{"seeds": 3, "separated_from": []}],
        "evidence": {"said": ["sd 1", "tau 0", "in short: it is"]},
    }
    assert "in short: it is; sd 1" in trust(replace(quickstart, record={"results": results}))


def test_trained_candidates_have_an_error() -> None:
    assert "validation images: an accuracy is uncertain by" in trust(read_search(PUBLISHED / "rediscover-b0-cifar10"))


def test_an_objective_of_the_user_is_taken_at_its_word(quickstart: Search) -> None:
    own = replace(quickstart.experiment, objective=ObjectiveConfig(python="a:b"))
    told = trust(replace(quickstart, experiment=own, candidates=quickstart.candidates.assign(val_accuracy=0.5)))
    assert "accuracies are what the objective said" in told
    told = found(replace(quickstart, experiment=own, candidates=quickstart.candidates.assign(val_accuracy=0.5)))
    assert "ahead of efficientnet-b0" in told


def test_a_run_that_goes_on_says_so(quickstart: Search) -> None:
    going = replace(quickstart, record={"state": "running"})
    assert "so far" in found(going)
    assert "a later candidate may win" in trust(going)


def test_a_search_without_a_result_says_why(quickstart: Search) -> None:
    problem = replace(quickstart, record={"results": {"problem": "No candidate learned anything"}})
    assert found(problem) == "Found: No candidate learned anything"
    assert "nothing to be trusted" in trust(problem)
    nothing = replace(quickstart, record={}, candidates=quickstart.candidates.iloc[:0])
    assert "nothing yet" in found(nothing)


def test_without_references_nothing_is_beside_it(quickstart: Search) -> None:
    assert "no published network" in found(replace(quickstart, references=quickstart.references.iloc[:0]))


def test_a_budget_of_time_is_told_in_the_place_of_a_number(quickstart: Search) -> None:
    told = asked(replace(quickstart, experiment=replace(quickstart.experiment, budget="10m")))
    assert "linear has 10 min of time" in told
    assert "may evaluate" not in told
