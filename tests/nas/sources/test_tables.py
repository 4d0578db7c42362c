from pathlib import Path

import pytest

from nas.sources.tables import read_rows
from search_spaces.errors import InvalidInput
from search_spaces.space_file import load_space
from tests.nas.sources.earlier_search import searched

SPACE = load_space("efficientnet")


def test_a_table_of_trials_is_read_without_what_failed(tmp_path: Path) -> None:
    rows = list(read_rows(searched(tmp_path) / "nas" / "trials.csv", SPACE, "key"))
    assert len(rows) == 11
    assert all(network in SPACE and 0 < accuracy < 1 for network, accuracy in rows)


def test_published_names_are_read_and_percent_understood(tmp_path: Path) -> None:
    file = tmp_path / "known.csv"
    file.write_text("network,accuracy\nefficientnet-b0,77.1\nresnet-18,69.8\n")
    assert [accuracy for _, accuracy in read_rows(file, SPACE, "key")] == pytest.approx([0.771, 0.698])


def test_an_option_that_the_space_has_not_is_refused(tmp_path: Path) -> None:
    file = searched(tmp_path) / "nas" / "trials.csv"
    name = SPACE.choices[0].name
    header, first, *others = file.read_text().splitlines()
    cells = first.split(",")
    cells[header.split(",").index(name)] = "97"
    file.write_text("\n".join([header, ",".join(cells), *others]))
    with pytest.raises(InvalidInput, match=f"line 2, {name}: got '97'"):
        list(read_rows(file, SPACE, "key"))
