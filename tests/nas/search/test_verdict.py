from __future__ import annotations

import pandas as pd

from nas.search.trust import Validation
from nas.search.verdict import failures, precision, problem_of, unconfirmed
from trials.experiment import Limits

VALIDATION = Validation(images=200, largest_share=0.25)


def table(*rows: tuple[str, float | None, str | None]) -> pd.DataFrame:
    """Return candidates of (state, accuracy, reason), each a million multiply-adds more expensive than the last."""
    return pd.DataFrame(
        {
            "number": number,
            "state": state,
            "value": accuracy,
            "val_accuracy": accuracy,
            "flops": (number + 1) * 1_000_000,
            "params": 5_000,
            "duplicate_of": None,
            "reason": reason,
        }
        for number, (state, accuracy, reason) in enumerate(rows)
    )


def problem(candidates: pd.DataFrame, limits: Limits | None = None, validation: Validation | None = None) -> str:
    return problem_of(candidates, "val_accuracy", limits or Limits(), validation) or ""


def test_a_network_that_learned_is_no_problem() -> None:
    assert problem(table(("complete", 0.6, None), ("fail", None, "RuntimeError: x")), None, VALIDATION) == ""


def test_chance_is_told_with_what_to_do() -> None:
    told = problem(table(("complete", 0.26, None), ("complete", 0.24, None)), None, VALIDATION)
    assert "No candidate learned anything" in told
    assert "0.2600" in told and "2 candidates" in told and "25.0% of the 200" in told
    assert "training.epochs" in told and "nas check" in told
    assert "best" not in told and "found" not in told


def test_accuracies_that_were_not_measured_here_are_not_judged() -> None:
    assert problem(table(("complete", 0.0, None))) == ""


def test_all_failed_tells_how_many_and_the_first_reason() -> None:
    rows = [("over_limit", None, "max_flops"), ("fail", None, "RuntimeError: a"), ("fail", None, "ValueError: b")]
    assert problem(table(*rows)) == "All 2 candidates that were evaluated failed; the first: RuntimeError: a"


def test_some_that_failed_are_counted_beside_those_that_did_not() -> None:
    rows = [("complete", 0.6, None), ("over_limit", None, "max_flops"), ("fail", None, "ValueError: [red]b\n[/red]")]
    told = failures(table(*rows))
    assert told == (
        "1 of 2 candidates failed (`reason` in trials.csv, --retry-failed); the first: ValueError: [red]b [/red]"
    )
    assert failures(table(*rows[:2])) is None


def test_all_over_the_limits_tells_the_cheapest_seen() -> None:
    told = problem(table(*[("over_limit", None, "max_flops")] * 3), Limits(max_flops="0.5M", max_params=4_000))
    assert "All 3 networks" in told
    assert "max_flops is 500,000, the lowest seen 1,000,000" in told
    assert "max_params is 4,000, the lowest seen 5,000" in told


def test_mixtures_are_counted() -> None:
    told = problem(table(("stopped", None, "stopped after epoch 1"), ("fail", None, "x")))
    assert told == "No candidate was evaluated to its end: 1 fail, 1 stopped."
    assert problem(table(("fail", None, "x")).iloc[:0]).endswith("there was none.")


def test_precision_is_the_standard_error_and_the_ties() -> None:
    # sqrt(0.8 * 0.2 / 1600) is 1 point; 0.785 is within two of them of 0.80, 0.775 is not
    candidates = table(("complete", 0.775, None), ("complete", 0.8, None), ("complete", 0.785, None))
    told = precision(candidates, "val_accuracy", Validation(images=1600, largest_share=0.1))
    assert told.startswith("one short training each; 1,600 validation images: an accuracy is uncertain by 1.0 points")
    assert told.endswith("the best 2 cannot be told apart")
    assert "apart" not in precision(candidates.iloc[:2], "val_accuracy", Validation(images=1600, largest_share=0.1))


def test_without_finalists_it_is_said_what_is_not_known() -> None:
    assert "the shared weights only rank them" in unconfirmed("shared", ["efficientnet-b0"])
    told = unconfirmed("train", ["efficientnet-b0", "mnasnet-a1"])
    assert told.startswith("whether it is better than the next ones or than efficientnet-b0, mnasnet-a1 is not known")
    assert unconfirmed("train", []).startswith("whether it is better than the next ones is not known")
