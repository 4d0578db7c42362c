from __future__ import annotations

from io import StringIO
from pathlib import Path

import pandas as pd
from rich.console import Console

from grid_search.family.screen import print_family, print_files

COLUMNS = [
    "name",
    "source",
    "params",
    "flops",
    "ratio",
    "resolution",
    "phi",
    "phi_depth",
    "phi_width",
    "phi_resolution",
]


def test_numbers_of_a_family_are_rounded_and_what_is_unknown_is_a_dash() -> None:
    rows = [
        ("mine-phi1", "family", 7_654_321, 1_234_567_890, 2.049, 257, 1.0, 0.987, 1.012, None),
        ("efficientnet-b0", "published", 5_288_548, 385_814_752, 1.0, "224x192", None, 0.0, float("nan"), 0.0),
    ]
    text = StringIO()
    print_family(Console(file=text, width=120), pd.DataFrame(rows, columns=COLUMNS))
    lines = [line.replace("│", " ").split() for line in text.getvalue().splitlines()]
    assert ["mine-phi1", "7.65M", "1,235M", "2.05", "257", "1.00", "0.99", "1.01", "-"] in lines
    assert ["efficientnet-b0", "5.29M", "386M", "1.00", "224x192", "-", "0.00", "-", "0.00"] in lines


def test_a_path_is_one_line_however_long() -> None:
    text = StringIO()
    paths = [Path("a" * 100, "b 1.yaml"), Path("c.yaml")]
    print_files(Console(file=text, width=20), paths)
    assert text.getvalue().splitlines() == [f"{'a' * 100}/b 1.yaml", "c.yaml"]
