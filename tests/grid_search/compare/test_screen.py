from __future__ import annotations

from pathlib import Path

import pandas as pd
from rich.console import Console

from grid_search.compare.run import FamilyComparison
from grid_search.compare.screen import print_family_comparison

ROW = {"depth": 1.0, "width": 1.0, "resolution": 1.0, "seeds": 3, "standing": ""}
MEASURED = {"val_accuracy": 0.7, "low": 0.69, "high": 0.71}


def shown(rows: list[dict[str, object]], dearest: float | None) -> str:
    console = Console(record=True, width=160)
    table = pd.DataFrame(rows)
    print_family_comparison(
        console, FamilyComparison(table=table, trials=table, folder=Path("/results/try"), dearest=dearest)
    )
    return console.export_text()


def test_it_counts_where_the_law_held() -> None:
    law = {"law": 0.72, "law_low": 0.705, "law_high": 0.73}
    far = {"law": 0.75, "law_low": 0.74, "law_high": 0.76, "extrapolated": True, "holds": False}
    rows = [
        {"network": "baseline", "ratio": 1.0, **ROW, **MEASURED, **law, "extrapolated": False, "holds": True},
        {"network": "law/b0-4x", "ratio": 4.0, **ROW, **MEASURED, **far},
    ]
    told = shown(rows, 2.0)
    assert "1 of 1 networks up to 2.00x, and for 0 of 1 beyond" in told
    assert "off by 2.00 and 5.00 points" in told
    assert "75.00 (74.00 to 76.00)*" in told


def test_without_a_law_and_without_seeds_nothing_is_made_up() -> None:
    empty = dict.fromkeys(MEASURED, float("nan"))
    told = shown([{"network": "b0", "ratio": 1.0, **ROW, **empty, "seeds": 0}], None)
    assert "law" not in told
    assert "nan" not in told
