"""The charts of a search. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from nas.report.importance import Importance
from nas.report.reading import Search
from trials.page.charts import (
    BLUE,
    GREEN,
    GREY,
    LOW_TO_HIGH,
    ORANGE,
    PURPLE,
    SKY,
    VERMILION,
    axis,
    figure,
    log_axis,
    safe,
)
from trials.study.report import pareto_front

if TYPE_CHECKING:
    import pandas as pd

MOST_POINTS = 1_500  # of the chart over evaluations, where a line through thousands is all that can be seen
MOVING = 0.95  # as the baseline of REINFORCE (arXiv:2008.06120)
SHOWN_CHOICES = 20


def candidates_chart(search: Search) -> dict[str, Any]:
    """Return accuracy against cost: the first trace holds the candidates, in the order of `search.done`."""
    done, measure = search.done, search.measure
    hover = "<b>trial %{customdata}</b><br>%{x:.1f} M, %{y:.4f}<br>%{text}<extra></extra>"
    colour = {"color": _column(done["value"]), "colorscale": LOW_TO_HIGH, "size": 7, "opacity": 0.8}
    bar = {"title": {"text": "reward"}, "thickness": 10, "outlinewidth": 0}
    traces = [
        _points(done, measure, "candidates", marker=colour | {"colorbar": bar}, customdata=done["number"].tolist())
        | {"hovertemplate": hover}
    ]
    front = pareto_front(done, accuracy=measure)
    line = {"color": SKY, "width": 2, "shape": "hv"}
    traces.append(_points(front, measure, "Pareto front", mode="lines", line=line, hoverinfo="skip"))
    if (references := search.judged_references).shape[0]:
        marker = {"symbol": "diamond", "size": 12, "color": GREEN, "line": {"width": 1.5, "color": "#ffffff"}}
        texts = [safe(name) for name in references["name"]]
        hover = "<b>%{text}</b><br>%{x:.1f} M, %{y:.4f}<extra></extra>"
        traces.append(
            _points(references, measure, "published networks", marker=marker, text=texts) | {"hovertemplate": hover}
        )
    if search.best is not None:
        marker = {"symbol": "star", "size": 17, "color": VERMILION, "line": {"width": 1.5, "color": "#ffffff"}}
        best = done[done["number"] == search.best["number"]]
        traces.append(_points(best, measure, "best", marker=marker, hoverinfo="skip"))
    costs = [value for trace in traces for value in trace["x"]]
    flops = log_axis("multiply-adds (millions)", costs)
    return figure(traces, xaxis=flops, yaxis=axis(measure.replace("_", " ")), shapes=_bounds(search))


def rewards_chart(search: Search) -> dict[str, Any]:
    """Return the reward over evaluations: each, the best so far, and the moving mean of what is proposed."""
    done = search.done.sort_values("number")
    values = done["value"].to_numpy(dtype=np.float64)
    order = list(range(1, len(values) + 1))
    step = max(1, len(values) // MOST_POINTS)
    best = np.fmax.accumulate(values) if len(values) else values
    marker = {"color": GREY, "size": 5, "opacity": 0.6}
    shown = slice(None, None, step)
    name = "candidates" if step == 1 else f"every {step}th candidate"
    return figure(
        [
            *_expectations(done.iloc[shown], order[shown]),
            _line(order[shown], values[shown], name, mode="markers", marker=marker),
            _line(order[shown], best[shown], "best so far", line={"color": VERMILION, "width": 2.5, "shape": "hv"}),
            _line(
                order[shown],
                _moving_mean(values)[shown],
                "what the sampler proposes on average",
                line={"color": BLUE, "width": 2, "dash": "dash"},
            ),
        ],
        xaxis=axis("different networks evaluated"),
        yaxis=axis("score" if search.measure == "score" else "reward"),
    )


def _expectations(done: pd.DataFrame, order: list[int]) -> list[dict[str, Any]]:
    """Return what the sampler expected of its proposals as a line in a band; nothing where it expected nothing."""
    if not foretold(done):
        return []
    known = done["expected_value"].notna().to_numpy()
    places = [place for place, is_known in zip(order, known, strict=True) if is_known]
    low, middle, high = (
        done.loc[known, name].to_numpy(dtype=np.float64) for name in ("expected_low", "expected_value", "expected_high")
    )
    edge: dict[str, Any] = {"line": {"width": 0}, "hoverinfo": "skip"}
    return [
        _line(places, low, "", showlegend=False, **edge),
        _line(places, high, "one standard deviation", fill="tonexty", fillcolor="rgba(204, 121, 167, 0.25)", **edge),
        _line(places, middle, "what the sampler expected", line={"color": PURPLE, "width": 1.5}),
    ]


def foretold(done: pd.DataFrame) -> bool:
    """Tell whether the sampler expected something of what it proposed."""
    return "expected_value" in done and bool(done["expected_value"].notna().any())


def importance_chart(importance: Importance) -> dict[str, Any]:
    """Return how far each choice moves the reward, with intervals, the largest on top."""
    effects = importance.effects[:SHOWN_CHOICES][::-1]
    sizes = [effect.size for effect in effects]
    intervals = {
        "type": "data",
        "symmetric": False,
        "array": [max(0.0, effect.high - effect.size) for effect in effects],
        "arrayminus": [max(0.0, effect.size - effect.low) for effect in effects],
        "color": GREY,
    }
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": sizes,
        "y": [safe(effect.choice) for effect in effects],
        "error_x": intervals,
        "marker": {"color": BLUE},
        "hovertemplate": "%{y}: %{x:.4f}<extra></extra>",
    }
    return figure([bars], xaxis=axis("change of the reward", rangemode="tozero", exponentformat="none"), yaxis=axis(""))


def states_chart(counts: dict[str, int]) -> dict[str, Any]:
    """Return how the candidates ended."""
    colours = {"complete": GREEN, "fail": VERMILION, "over limit": GREY, "running": SKY, "waiting": PURPLE}
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": list(counts.values()),
        "y": [safe(name) for name in counts],
        "marker": {"color": [colours.get(name, ORANGE) for name in counts]},
        "text": [f"{count:,}" for count in counts.values()],
        "hoverinfo": "skip",
    }
    return figure([bars], xaxis=axis("trials"), yaxis=axis("", autorange="reversed"))


def _points(table: pd.DataFrame, measure: str, name: str, *, mode: str = "markers", **more: Any) -> dict[str, Any]:
    flops = [value / 1e6 for value in table["flops"].tolist()]
    return {"type": "scatter", "mode": mode, "name": name, "x": flops, "y": _column(table[measure]), **more}


def _line(x: list[int], y: np.ndarray[Any, Any], name: str, *, mode: str = "lines", **more: Any) -> dict[str, Any]:
    return {"type": "scatter", "mode": mode, "name": name, "x": x, "y": np.round(y, 6).tolist(), **more}


def _column(values: pd.Series) -> list[float]:
    return [round(float(value), 6) for value in values]


def _moving_mean(values: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    means, mean = [], float(values[0]) if len(values) else 0.0
    for value in values:
        mean = MOVING * mean + (1 - MOVING) * float(value)
        means.append(mean)
    return np.array(means)


def _bounds(search: Search) -> list[dict[str, Any]]:
    """Return a vertical line with its name for a limit, and for the target, of multiply-adds."""
    reward = search.experiment.reward
    lines: dict[str, tuple[float, str]] = {}
    if reward.cost == "flops" and search.measure != "score":
        lines["target"] = (float(reward.target), "dot")
    if search.experiment.limits.max_flops is not None:
        lines["limit"] = (float(search.experiment.limits.max_flops), "solid")
    drawn = {value: (name, dash) for name, (value, dash) in lines.items()}  # one line where both are the same
    return [
        {
            "type": "line",
            "x0": value / 1e6,
            "x1": value / 1e6,
            "y0": 0,
            "y1": 1,
            "yref": "paper",
            "line": {"color": ORANGE, "width": 1.5, "dash": dash},
            "label": {"text": name, "textposition": "end", "textangle": 0, "xanchor": "right"},
        }
        for value, (name, dash) in drawn.items()
    ]
