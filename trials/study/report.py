"""Studies as pandas tables, written atomically. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import optuna
from optuna.trial import FrozenTrial, TrialState

from search_spaces.errors import LONGEST_REASON, one_line
from search_spaces.files import atomic_write
from trials.statistics import front_mask
from trials.study.attributes import (
    COLUMNS,
    DUPLICATE_OF,
    EXPECTED,
    FAILURE,
    KEY,
    LATENCY,
    METRICS,
    OVER_LIMIT,
    RUNGS,
    SEED,
    network_of,
)

if TYPE_CHECKING:
    import pandas as pd

COST_COLUMNS = ("flops", "params", "activations")
EXPECTED_COLUMNS = ("expected_value", "expected_low", "expected_high")
ENDED = ("complete", "fail", "over_limit", "stopped")  # states in a table of trials whose evaluation is over


def trials_table(study: optuna.Study) -> pd.DataFrame:
    """Return one row per trial in the order of their numbers: state, value(s), metrics, cost, seed, parameters.

    `reason` says why a trial has no value. flops are multiply-adds.
    """
    import pandas as pd

    rows = [_row(trial, len(study.directions)) for trial in study.get_trials(deepcopy=False)]
    if not rows:
        empty = optuna.trial.create_trial(state=TrialState.FAIL)
        return pd.DataFrame(columns=list(_row(empty, len(study.directions))))
    table = pd.DataFrame(rows)
    # where every trial failed these hold nothing but None, which is no number to pandas
    numbers = [name for name in ("value", "value_0", "value_1", "val_accuracy") if name in table]
    return table.astype(dict.fromkeys(numbers, "float64"))


def pareto_front(table: pd.DataFrame, *, accuracy: str = "val_accuracy", cost: str = "flops") -> pd.DataFrame:
    """Return the rows that no other row beats in accuracy without costing more, cheapest first."""
    done = table[(table["state"] == "complete") & table[DUPLICATE_OF].isna()]
    ordered = done.sort_values([cost, accuracy, "number"], ascending=[True, False, True], kind="stable")
    costs, values = (ordered[name].to_numpy(dtype="float64") for name in (cost, accuracy))
    return ordered[front_mask(costs, values)]


def write_csv(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV, atomically; numbers keep all their digits. What UTF-8 has no code for is escaped."""
    text = table.to_csv(index=False, lineterminator="\n")
    with atomic_write(path, "wb") as stream:
        stream.write(text.encode("utf-8", errors="backslashreplace"))


def _row(trial: FrozenTrial, objectives: int) -> dict[str, Any]:
    attributes = trial.user_attrs
    network, metrics = network_of(trial), attributes.get(METRICS, {})
    taken = {"val_accuracy", *COLUMNS, *trial.params}  # metrics so named are in studies of earlier versions only
    values = trial.values if trial.state == TrialState.COMPLETE else None
    named = (
        {"value": values[0] if values else None}
        if objectives == 1
        else {f"value_{index}": values[index] if values else None for index in range(objectives)}
    )
    return {
        "number": trial.number,
        "state": _state(trial),
        **named,
        "val_accuracy": metrics.get("val_accuracy"),
        **{name: network.get(name) for name in COST_COLUMNS},
        **{name: network[name] for name in (LATENCY,) if name in network},
        "seed": network.get(SEED),
        **{name: value for name, value in metrics.items() if name not in taken},
        **dict(zip(EXPECTED_COLUMNS, attributes.get(EXPECTED, ()), strict=False)),
        DUPLICATE_OF: attributes.get(DUPLICATE_OF),
        "reason": _reason(trial),
        **trial.params,
        "key": network.get(KEY),
    }


def _state(trial: FrozenTrial) -> str:
    """Return Optuna's state; what it calls pruned is `over_limit` (never evaluated) or `stopped` (on the way)."""
    if trial.state == TrialState.PRUNED:
        return "over_limit" if "over_limit" in trial.user_attrs else "stopped"
    return trial.state.name.lower()


def _reason(trial: FrozenTrial) -> str | None:
    """Return why a trial has no value, on one printable line also where an earlier version wrote it."""
    reason = trial.user_attrs.get(FAILURE) or trial.user_attrs.get(OVER_LIMIT) or _stopped(trial)
    return None if reason is None else one_line(str(reason), LONGEST_REASON)


def _stopped(trial: FrozenTrial) -> str | None:
    steps = [*trial.intermediate_values, *map(int, trial.user_attrs.get(RUNGS, ()))]
    return f"stopped after epoch {max(steps)}" if trial.state == TrialState.PRUNED and steps else None
