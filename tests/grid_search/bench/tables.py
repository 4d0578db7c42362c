"""A small made-up table of trained networks, for tests."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd


def made_up_table(folder: Path, **columns: object) -> Path:
    """Write 20 networks of two axes whose accuracy is quadratic in the logarithms; `columns` replace or drop (None)."""
    rows = pd.DataFrame(
        [(1.0, width, px) for width in (0.5, 0.75, 1.0, 1.25) for px in (96, 128, 160, 192, 224)],
        columns=["depth", "width", "resolution"],
    )
    wider, sharper = np.log(rows["width"] / 0.75), np.log(rows["resolution"] / 160)
    rows["accuracy"] = 66 + 12 * wider - 8 * wider**2 + 12 * sharper - 6 * sharper**2
    rows["cost"] = 1e6 * rows["width"] ** 1.8 * rows["resolution"] ** 2
    for name, values in columns.items():
        rows = rows.drop(columns=name) if values is None else rows.assign(**{name: values})
    path = folder / "networks.csv"
    rows.to_csv(path, index=False)
    return path
