from __future__ import annotations

import csv
import itertools
import random
from pathlib import Path
from typing import Any

import optuna
import pandas as pd
import pytest
from optuna.distributions import FloatDistribution
from optuna.trial import FrozenTrial, TrialState, create_trial

from trials.study.attributes import COLUMNS
from trials.study.report import ENDED, pareto_front, trials_table, write_csv

NETWORK = {"flops": 10, "params": 20, "activations": 30, "seed": 4, "key": "k"}


def trial(state: TrialState = TrialState.COMPLETE, **fields: Any) -> FrozenTrial:
    values = {"value": 0.5} if state == TrialState.COMPLETE and "values" not in fields else {}
    return create_trial(state=state, **(values | fields))


def table_of(*trials: FrozenTrial, objectives: int = 1) -> pd.DataFrame:
    study = optuna.create_study(directions=["maximize", "minimize"][:objectives])
    study.add_trials(trials)
    return trials_table(study)


def test_a_row_holds_value_metrics_cost_and_parameters() -> None:
    attributes = {"network": NETWORK, "metrics": {"val_accuracy": 0.75, "val_loss": 1.5}}
    distribution = FloatDistribution(0, 1)
    made = trial(user_attrs=attributes, params={"x": 0.25}, distributions={"x": distribution})
    (row,) = table_of(made).to_dict("records")
    expected = {"number": 0, "state": "complete", "value": 0.5, "val_accuracy": 0.75, "val_loss": 1.5, "x": 0.25}
    assert expected.items() <= row.items()
    assert NETWORK.items() <= row.items()


def test_what_has_no_value_has_a_reason() -> None:
    failed = trial(TrialState.FAIL, user_attrs={"failure": "out of memory"})
    over = trial(TrialState.PRUNED, user_attrs={"over_limit": "max_flops"})
    stopped = trial(TrialState.PRUNED, intermediate_values={1: 0.2, 3: 0.4})
    table = table_of(failed, over, stopped, trial())
    assert table["reason"].dropna().to_dict() == {0: "out of memory", 1: "max_flops", 2: "stopped after epoch 3"}
    assert table["value"].isna().tolist() == [True, True, True, False]


def test_a_study_of_two_objectives_has_two_values() -> None:
    table = table_of(trial(values=[0.5, 3.0]), trial(TrialState.FAIL), objectives=2)
    assert table["value_0"].dropna().tolist() == [0.5]
    assert table["value_1"].dropna().tolist() == [3.0]


def test_columns_are_there_and_numbers_where_nothing_was_measured() -> None:
    empty, failed = table_of(), table_of(trial(TrialState.FAIL))
    assert list(empty.columns) == list(failed.columns)
    assert (len(empty), failed["val_accuracy"].dtype, failed["value"].dtype) == (0, "float64", "float64")


def test_the_front_is_what_nothing_beats() -> None:
    rng = random.Random(0)
    points = [(rng.randrange(12) / 12, rng.randrange(20)) for _ in range(80)]
    table = pd.DataFrame(
        [
            {"number": n, "state": "complete", "val_accuracy": a, "flops": f, "duplicate_of": None}
            for n, (a, f) in enumerate(points)
        ]
    )
    front = pareto_front(table)
    found = list(zip(front["val_accuracy"], front["flops"], strict=True))
    beaten = {
        one
        for one, other in itertools.product(points, repeat=2)
        if other != one and other[0] >= one[0] and other[1] <= one[1]
    }
    assert found == sorted(set(points) - beaten, key=lambda point: point[1])


def test_only_what_was_evaluated_is_in_the_front() -> None:
    columns = ["number", "state", "val_accuracy", "flops", "duplicate_of"]
    rows = [(0, "pruned", 0.9, 1, None), (1, "complete", 0.5, 2, None), (2, "complete", 0.5, 2, 1)]
    assert pareto_front(pd.DataFrame(rows, columns=columns))["number"].tolist() == [1]


def test_numbers_come_back_from_a_file_digit_by_digit(tmp_path: Path) -> None:
    table = pd.DataFrame({"value": [0.1 + 0.2, 1 / 3, 2**-40], "flops": [385_814_752, 1, 2**60]})
    write_csv(table, tmp_path / "trials.csv")
    with (tmp_path / "trials.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [float(row["value"]) for row in rows] == table["value"].tolist()
    assert [int(row["flops"]) for row in rows] == table["flops"].tolist()
    assert b"\r" not in (tmp_path / "trials.csv").read_bytes()


CASES = [
    (TrialState.COMPLETE, {}, "complete"),
    (TrialState.FAIL, {"failure": "RuntimeError: x"}, "fail"),
    (TrialState.PRUNED, {"over_limit": "max_flops"}, "over_limit"),
    (TrialState.PRUNED, {"stopped": True}, "stopped"),
]


@pytest.mark.parametrize(("state", "attributes", "told"), CASES)
def test_what_was_not_evaluated_and_what_was_stopped_are_told_apart(
    state: TrialState, attributes: dict[str, object], told: str
) -> None:
    study = optuna.create_study(direction="maximize")
    value = 1.0 if state == TrialState.COMPLETE else None
    study.add_trial(create_trial(state=state, value=value, user_attrs=attributes))
    assert list(trials_table(study)["state"]) == [told]
    assert told in ENDED


def test_every_column_but_metrics_and_parameters_is_a_name_that_no_metric_may_have() -> None:
    attributes = {"network": NETWORK | {"measured_latency_ms": 3.0}, "metrics": {"val_accuracy": 0.75}}
    for table in (table_of(trial(user_attrs=attributes)), table_of(trial(values=[0.5, 1.0]), objectives=2)):
        assert set(table.columns) - {"val_accuracy"} <= COLUMNS


def test_metrics_of_earlier_versions_do_not_replace_columns() -> None:
    metrics = {"val_accuracy": 0.75, "flops": -1.0, "state": 0.0, "value": 9.0, "x": 7.0, "loss": 2.0}
    attributes = {"network": NETWORK, "metrics": metrics}
    made = trial(user_attrs=attributes, params={"x": 0.25}, distributions={"x": FloatDistribution(0, 1)})
    (row,) = table_of(made).to_dict("records")
    assert {"flops": 10, "state": "complete", "value": 0.5, "x": 0.25, "loss": 2.0}.items() <= row.items()


def test_text_that_is_no_text_is_escaped(tmp_path: Path) -> None:
    table = table_of(trial(TrialState.FAIL, user_attrs={"failure": "\ud800 \x1b[31m\nred"}))
    table["name"] = pd.Series(["caf\u00e9 \udc80"], dtype=object)
    write_csv(table, tmp_path / "trials.csv")
    (row,) = csv.DictReader((tmp_path / "trials.csv").read_text(encoding="utf-8").splitlines())
    assert (row["name"], row["reason"]) == ("caf\u00e9 \\udc80", "\\ud800 \\x1b[31m red")
