from __future__ import annotations

import pytest

from trials.page.charts import axis, figure, log_axis


def test_a_chart_is_plain_values() -> None:
    drawn = figure([{"type": "scatter", "x": [1, 2], "y": [0.5, 0.75]}], xaxis=axis("cost"))
    assert drawn["data"][0]["y"] == [0.5, 0.75]
    assert drawn["layout"]["xaxis"]["title"]["text"] == "cost"


def test_a_property_that_plotly_does_not_know_is_an_error() -> None:
    with pytest.raises(ValueError, match="colour"):
        figure([{"type": "scatter", "x": [1], "y": [1], "colour": "red"}])


@pytest.mark.parametrize(("values", "some"), [([100, 400], {150, 200, 300}), ([10, 4000], {20, 100, 500, 2000})])
def test_a_logarithmic_axis_has_ticks_between_its_ends(values: list[float], some: set[float]) -> None:
    drawn = log_axis("cost", values)
    assert some <= set(drawn["tickvals"])
    assert all(
        float(text.replace(",", "")) == tick for tick, text in zip(drawn["tickvals"], drawn["ticktext"], strict=True)
    )


def test_an_axis_without_values_is_an_axis() -> None:
    assert "tickvals" not in log_axis("cost", [])
