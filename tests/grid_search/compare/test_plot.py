from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.image import imread

from grid_search.compare.plot import plot_families


def test_it_is_drawn_with_a_law_and_without(tmp_path: Path) -> None:
    table = pd.DataFrame(
        {
            "network": ["baseline", "law/b0-2x", "law/b0-4x"],
            "ratio": [1.0, 2.0, 4.0],
            "val_accuracy": [0.7, 0.75, float("nan")],
            "high": [0.71, float("nan"), float("nan")],
            "seeds": [2, 1, 0],
        }
    )
    plot_families(table, tmp_path / "plain.png", None)
    told = table.assign(law=[0.7, 0.74, float("nan")], law_low=0.6, law_high=0.8)
    plot_families(told, tmp_path / "law.png", 2.0)
    plain, law = (imread(tmp_path / f"{name}.png") for name in ("plain", "law"))
    assert plain.shape == law.shape and (plain != law).any()
