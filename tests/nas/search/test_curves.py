from __future__ import annotations

import random

import numpy as np
import optuna
import pytest
from scipy import stats

from nas.search.curves import FIRST, CurvePruner, extrapolation, stops_told

EPOCHS = 6


def studied(noise: float, trials: int, seed: int = 0) -> optuna.Study:
    """Return a study of curves that rise alike from a level of their own, with so much noise at each epoch."""
    rng = random.Random(seed)
    study = optuna.create_study(direction="maximize", pruner=CurvePruner(EPOCHS))
    for _ in range(trials):
        trial, level = study.ask(), rng.random()
        for epoch in range(1, EPOCHS + 1):
            value = level + 0.1 * epoch + rng.gauss(0, noise)
            trial.report(value, epoch)
            if epoch < EPOCHS and trial.should_prune():
                study.tell(trial, state=optuna.trial.TrialState.PRUNED)
                break
        else:
            study.tell(trial, value)
    return study


def of_state(study: optuna.Study, name: str) -> list[optuna.trial.FrozenTrial]:
    return [trial for trial in study.get_trials() if trial.state.name == name]


def test_the_line_is_that_of_least_squares_and_the_interval_that_of_a_new_value() -> None:
    rng = np.random.default_rng(3)
    seen = rng.random(8)
    ends = 0.5 * seen + 0.2 + 0.05 * rng.standard_normal(8)
    line = stats.linregress(seen, ends)
    found = extrapolation(list(seen), list(ends))
    assert (found.slope, found.intercept) == (pytest.approx(line.slope), pytest.approx(line.intercept))
    sd = np.sqrt(((ends - line.intercept - line.slope * seen) ** 2).sum() / 6)
    assert found.margin == pytest.approx(stats.t.ppf(0.975, 6) * sd * np.sqrt(1 + 1 / 8))


def test_equal_values_on_the_way_foretell_the_mean() -> None:
    found = extrapolation([0.5, 0.5, 0.5], [0.1, 0.2, 0.3])
    assert (found.slope, found.intercept) == (0.0, pytest.approx(0.2))


def test_the_first_ones_are_trained_to_their_end() -> None:
    study = studied(noise=0.0, trials=FIRST)
    assert len(of_state(study, "COMPLETE")) == FIRST


def test_clear_curves_stop_what_is_behind_and_keep_the_best() -> None:
    study, whole = studied(noise=0.0, trials=40), 40 - FIRST
    stopped = of_state(study, "PRUNED")
    assert len(stopped) > whole / 2
    assert {trial.last_step for trial in stopped} == {1}
    levels = [trial.intermediate_values[1] for trial in study.get_trials()]
    assert study.best_trial.intermediate_values[1] == max(levels)


def test_noise_keeps_more_of_them() -> None:
    calm, loud = (len(of_state(studied(noise, trials=40), "PRUNED")) for noise in (0.01, 0.5))
    assert loud < calm


@pytest.mark.parametrize("seed", range(5))
def test_the_best_is_seldom_lost(seed: int) -> None:
    study = studied(noise=0.02, trials=40, seed=seed)
    levels = sorted((trial.intermediate_values[1] for trial in study.get_trials()), reverse=True)
    assert study.best_trial.intermediate_values[1] >= levels[2] - 0.1


def test_what_was_stopped_is_told() -> None:
    study = studied(noise=0.0, trials=40)
    stopped = len(of_state(study, "PRUNED"))
    told = stops_told(study.get_trials(), EPOCHS)
    assert told.startswith(f"{stopped} of 40 trainings were stopped early, after epoch 1 of 6 as a rule")
    assert f"saved {stopped * 5 / 240:.0%} of the time" in told
    assert told.endswith("Kendall's tau +1.00")


def test_it_is_told_that_nothing_was_stopped_and_why() -> None:
    assert "that begins after 8 whole ones" in stops_told(studied(0.0, 5).get_trials(), EPOCHS)
    assert "none fell behind" in stops_told(studied(0.0, FIRST).get_trials(), EPOCHS)
