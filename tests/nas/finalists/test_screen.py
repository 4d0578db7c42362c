from __future__ import annotations

import pandas as pd

from nas.finalists.ranking import Beside, ranked
from nas.finalists.screen import finalists_table
from search_spaces.reference import reference
from tests.nas.finalists.finalists import finalist
from tests.nas.screens import printed, row_of
from tests.nas.search.ends import row


def test_finalists_stand_in_their_order_with_means_and_spreads() -> None:
    ranking = ranked([finalist(0, 0.25, 0.90, 0.92), finalist(1, 0.5, 0.50, 0.52), finalist(2, 0.75)])
    candidates = pd.DataFrame([row(number, 0.5) for number in range(3)])
    text = printed(lambda console: console.print(finalists_table(ranking, candidates, pd.DataFrame({"name": []}))))
    assert row_of(text, "trial 0") == ["400.0M", "5.25M", "0.2500", "0.9100", "±", "0.0141", "0.9100", "2"]
    assert row_of(text, "trial 2") == ["400.0M", "5.25M", "0.7500", "failed", "-", "0"]
    assert text.index("trial 0") < text.index("trial 1") < text.index("trial 2")


def test_published_networks_stand_below_them_with_their_own_cost() -> None:
    other = Beside(
        name="efficientnet-b0", architecture=reference("efficientnet-b0"), rewards=(0.5,), accuracies=(0.25,)
    )
    late = Beside(name="mnasnet-a1", architecture=reference("mnasnet-a1"))
    ranking = ranked([finalist(0, 0.25, 0.90)], [other, late])
    trainings = pd.DataFrame({"name": ["efficientnet-b0"], "flops": [385.8e6], "params": [5.29e6]})
    candidates = pd.DataFrame([row(0, 0.5)])
    text = printed(lambda console: console.print(finalists_table(ranking, candidates, trainings)))
    assert row_of(text, "efficientnet-b0") == ["385.8M", "5.29M", "-", "0.2500", "0.5000", "1"]
    assert row_of(text, "mnasnet-a1") == ["-", "-", "-", "failed", "-", "0"]
