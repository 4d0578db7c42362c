from __future__ import annotations

from pathlib import Path

import matplotlib.image

from grid_search.law_search.plot import plot_law
from tests.grid_search.law_search.searched import finished
from tests.grid_search.law_search.test_report import report


def test_a_picture_is_drawn(tmp_path: Path) -> None:
    plot_law(report(), finished(), tmp_path / "law.png")
    assert matplotlib.image.imread(tmp_path / "law.png").std() > 0.01
