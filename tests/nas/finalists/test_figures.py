from __future__ import annotations

from nas.finalists.figures import figures_of, sentences
from nas.finalists.ranking import ranked
from tests.nas.finalists.finalists import finalist

APART = ranked([finalist(0, 0.1, 0.90, 0.91), finalist(1, 0.3, 0.50, 0.51)])
CLOSE = ranked([finalist(0, 0.1, 0.90, 0.60), finalist(1, 0.3, 0.50, 0.80)])


def test_figures_are_means_and_who_is_behind() -> None:
    first, second = figures_of(APART)
    assert first == {
        "trial": 0,
        "place": 1,
        "finalists": 2,
        "seeds": 2,
        "reward": 0.905,
        "val_accuracy": 0.905,
        "separated_from": [1],
    }
    assert (second["place"], second["separated_from"]) == (2, [])


def test_what_failed_has_no_figures() -> None:
    (only,) = figures_of(ranked([finalist(0, 0.1)]))
    assert (only["seeds"], only["reward"], only["val_accuracy"]) == (0, None, None)


def test_the_trainings_decided() -> None:
    (line,) = sentences(APART, "shared")
    assert line.startswith("trial 0 is first of 2 finalists: trained alone it is better than all others (95 % interval")
    assert "sd between seeds 0.0071" in line


def test_the_search_decided_and_who_was_ahead_is_told() -> None:
    first, second = sentences(CLOSE, "shared")
    assert first.startswith("trial 1 is first of 2 finalists: the trainings alone cannot tell it from the others")
    assert first.endswith("so the shared weights decided")
    assert second == "trial 0 was ahead of it by 0.1000 when trained alone, within the noise"
    assert sentences(CLOSE, "train")[0].endswith("so the search decided")


def test_both_decided() -> None:
    rest = ranked([*CLOSE.order, finalist(2, 0.2, -9.0, -9.0)])
    assert "better than 1 of the others" in sentences(rest, "shared")[0]
    assert sentences(rest, "zero-cost")[0].endswith("; about the rest the scores of untrained networks decided")


def test_one_finalist_and_none_that_could_be_trained() -> None:
    assert sentences(ranked([finalist(0, 0.1, 0.5)]), "shared") == ["trial 0 is the only finalist"]
    (line,) = sentences(ranked([finalist(0, 0.1), finalist(1, 0.2)]), "shared")
    assert line == "no finalist could be trained alone: their order is that of the shared weights"
