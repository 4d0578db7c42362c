from __future__ import annotations

import pandas as pd

from trials.page.tables import failures, flat, made_by, millions, seconds, time_spent


def test_a_record_is_told_whole() -> None:
    record = {
        "command": "nas run try",
        "state": "finished",
        "gpu": None,
        "machine": {"cores": 2},
        "versions": {"torch": "2.13.0"},
        "settings": {"seed": 0, "data": {"name": "digits", "folder": None}, "nas": {"references": ["a", "b"]}},
    }
    made = made_by(record)
    assert made.command == "nas run try"
    assert made.facts.rows == [("state", "finished"), ("cores", "2"), ("torch", "2.13.0")]
    assert made.settings.rows == [
        ("seed", "0"),
        ("data.name", "digits"),
        ("data.folder", "none"),
        ("nas.references", "['a', 'b']"),
    ]


def test_empty_mappings_keep_their_place() -> None:
    assert list(flat({"nas": {}})) == [("nas", {})]


def test_figures_as_people_say_them() -> None:
    assert [millions(value) for value in (5_288_548, 385_814_752, 1_827_141_392)] == ["5.29 M", "385.8 M", "1,827.1 M"]
    assert [seconds(value) for value in (0.25, 59.6, 75, 3725)] == ["0.25 s", "1 min 0 s", "1 min 15 s", "1 h 2 min"]


def test_failures_are_counted_and_cut() -> None:
    table = pd.DataFrame({"state": ["fail", "fail", "complete", "fail"], "reason": ["a", "a", None, None]})
    rows = failures({"candidate": table, "reference": table.iloc[2:3]})
    assert rows is not None
    assert rows.rows == [(2, "candidate", "a"), (1, "candidate", "no reason was told")]
    assert failures({"candidate": table.iloc[2:3]}) is None
    (row,) = failures({"candidate": table.iloc[:1].assign(reason="x" * 9999)}).rows  # type: ignore[union-attr]
    assert len(row[2]) == 500


def test_time_is_told_by_part_and_what_lies_between() -> None:
    work = pd.DataFrame({"part": ["a", "b", "b"], "began": [0.0, 10.0, 15.0], "ended": [2.0, 20.0, 30.0]})
    rows = time_spent(work, "between")
    assert rows is not None
    assert rows.rows == [
        ("a", 1, "2 s", "2 s", "2 s"),
        ("b", 2, "25 s", "12 s", "15 s"),
        ("between", "", "8 s", "", ""),
    ]
    assert time_spent(work.iloc[:0], "between") is None
