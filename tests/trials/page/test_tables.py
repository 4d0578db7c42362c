from __future__ import annotations

from trials.page.tables import flat, made_by, millions, seconds


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
