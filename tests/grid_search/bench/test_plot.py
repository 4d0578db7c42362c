from __future__ import annotations

from pathlib import Path

import matplotlib.image
import pandas as pd

from grid_search.bench.plot import plot_regret
from tests.grid_search.bench.test_summary import steps


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    law = steps("one", [0.3, 0.1, 0.05])
    table = pd.concat([law, law.assign(method="grid"), law.assign(method="random"), law.assign(method="paper")])
    plot_regret(table, tmp_path / "regret.png")
    assert matplotlib.image.imread(tmp_path / "regret.png").std() > 0.01
