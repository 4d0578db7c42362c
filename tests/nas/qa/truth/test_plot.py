from __future__ import annotations

from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from nas.qa.rank_correlation import Estimate
from nas.qa.truth.figures import Agreement
from nas.qa.truth.plot import plot_agreement
from tests.nas.screens import png_size


def test_rewards_are_drawn_against_the_truth_and_taus_from_the_top(tmp_path: Path, figures: list[Figure]) -> None:
    agreement = Agreement(
        table=pd.DataFrame({"reward": [0.25, 0.5], "truth": [0.5, 0.75]}),
        measured=("reward",),
        judged_by="reward",
        taus={"reward": Estimate(value=0.5, low=0.25, high=0.75), "flops": Estimate(value=0.0, low=-0.5, high=0.5)},
        partial={},
        seconds=1.0,
        folder=tmp_path,
    )
    plot_agreement(agreement, tmp_path / "truth.png")
    assert png_size(tmp_path / "truth.png") == (1440, 648)
    scatter, ranks = figures[0].axes
    assert scatter.lines[0].get_xydata().tolist() == [[0.25, 0.5], [0.5, 0.75]]
    assert ranks.lines[2].get_xydata().tolist() == [[0.25, 1], [0.75, 1]]
    assert [label.get_text() for label in ranks.get_yticklabels()] == ["flops", "reward"]
