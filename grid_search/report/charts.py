"""The charts of a scaling search. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grid_search.compound_scaling import COEFFICIENTS
from grid_search.grid.enumeration import Grid
from grid_search.report.scaling import Scaling, trained
from grid_search.search.decision import Decision
from grid_search.search.verdict import advantages
from trials.page.charts import BLUE, GREEN, GREY, LOW_TO_HIGH, ORANGE, VERMILION, axis, figure, log_axis, safe

if TYPE_CHECKING:
    import pandas as pd

HOVER = "α %{customdata[0]:.4g}, β %{customdata[1]:.4g}, γ %{customdata[2]:.4g}<br>nominal %{customdata[3]:.2f}×, "
HOVER += "measured %{customdata[4]:.2f}×<extra></extra>"


def surface_chart(scaling: Scaling, grid: Grid) -> dict[str, Any]:
    """Return the feasible coefficients: alpha and beta as place, gamma as colour; what was trained has a rim."""
    frame = grid.frame
    taken = trained(grid, scaling.result)
    bar = {"title": {"text": "γ"}, "thickness": 10, "outlinewidth": 0}
    ends = {"cmin": float(frame["gamma"].min()), "cmax": float(frame["gamma"].max()), "colorscale": LOW_TO_HIGH}
    traces = []
    for mask, name, look in (
        (~taken, "feasible", {"size": 8, "opacity": 0.75, "colorbar": bar}),
        (taken, "evaluated", {"size": 12, "line": {"width": 2.5, "color": VERMILION}}),
    ):
        rows = frame[mask]
        marker = look | ends | {"color": _numbers(rows["gamma"])}
        traces.append(_points(rows, "alpha", "beta", name, marker=marker))
    if (best := _best(scaling, frame)) is not None:
        traces.append(_points(best, "alpha", "beta", "best", marker={"symbol": "star", "size": 18, "color": GREEN}))
    return figure(traces, xaxis=axis("α (depth)"), yaxis=axis("β (width)"))


def costs_chart(scaling: Scaling, grid: Grid) -> dict[str, Any]:
    """Return measured against nominal cost of the whole grid, with the diagonal and the band of the target."""
    frame, config = grid.frame, grid.config
    low, high = float(frame["nominal"].min()), float(frame["nominal"].max())
    near = (frame["ratio"] - config.target).abs() <= config.tolerance
    line = {"color": GREY, "dash": "dash", "width": 1.5}
    traces: list[dict[str, Any]] = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": "measured = nominal",
            "x": [low, high],
            "y": [low, high],
            "line": line,
        },
        _points(frame[~near], "nominal", "ratio", "off the target", marker={"size": 8, "color": ORANGE}),
        _points(
            frame[near], "nominal", "ratio", "on the target", marker={"size": 9, "color": BLUE, "symbol": "diamond"}
        ),
    ]
    if (best := _best(scaling, frame)) is not None:
        traces.append(_points(best, "nominal", "ratio", "best", marker={"symbol": "star", "size": 18, "color": GREEN}))
    band = {
        "type": "rect",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": config.target - config.tolerance,
        "y1": config.target + config.tolerance,
        "fillcolor": BLUE,
        "opacity": 0.12,
        "line": {"width": 0},
    }
    return figure(
        traces,
        shapes=[band],
        xaxis=axis("nominal cost α · β² · γ² (baselines)"),
        yaxis=axis("measured cost (baselines)"),
    )


def advantages_chart(decision: Decision) -> dict[str, Any]:
    """Return by how many points the best is above the baseline and each axis alone, with 95 % intervals."""
    rivals = advantages(decision)[::-1]
    points = [float(one.points) for one in rivals]
    ends = [one.interval or (one.points, one.points) for one in rivals]
    error = {
        "type": "data",
        "symmetric": False,
        "array": [float(high) - point for point, (_, high) in zip(points, ends, strict=True)],
        "arrayminus": [point - float(low) for point, (low, _) in zip(points, ends, strict=True)],
        "color": GREY,
        "thickness": 2,
    }
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": points,
        "y": [safe(one.rival) for one in rivals],
        "error_x": error,
        "marker": {"size": 12, "color": BLUE, "symbol": "diamond"},
        "hovertemplate": "%{y}: %{x:+.2f}<extra></extra>",
    }
    zero = {
        "type": "line",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": 0,
        "x1": 0,
        "line": {"color": ORANGE, "width": 1.5},
    }
    return figure([marks], shapes=[zero], xaxis=axis("points of accuracy above"), yaxis=axis("", type="category"))


def family_chart(table: pd.DataFrame) -> dict[str, Any]:
    """Return the family beside the published networks, parameters against multiply-adds (`family_table`)."""
    traces = []
    for source, name, colour, symbol in (
        ("family", "this family", BLUE, "circle"),
        ("published", "EfficientNet, published", ORANGE, "diamond"),
    ):
        rows = table[table["source"] == source]
        traces.append(
            {
                "type": "scatter",
                "mode": "lines+markers",
                "name": name,
                "x": [value / 1e6 for value in rows["flops"].tolist()],
                "y": [value / 1e6 for value in rows["params"].tolist()],
                "text": [safe(name) for name in rows["name"]],
                "customdata": rows["resolution"].map(str).tolist(),
                "marker": {"color": colour, "symbol": symbol, "size": 10},
                "line": {"color": colour, "width": 1.5},
                "hovertemplate": "%{text}<br>%{x:,.0f} M, %{y:.1f} M, %{customdata} px<extra></extra>",
            }
        )
    flops, params = ([value / 1e6 for value in table[name].tolist()] for name in ("flops", "params"))
    return figure(
        traces, xaxis=log_axis("multiply-adds (millions)", flops), yaxis=log_axis("parameters (millions)", params)
    )


def _points(rows: pd.DataFrame, x: str, y: str, name: str, *, marker: dict[str, Any]) -> dict[str, Any]:
    told = rows[[*COEFFICIENTS, "nominal", "ratio"]].to_numpy().tolist()
    place = {"x": _numbers(rows[x]), "y": _numbers(rows[y]), "customdata": told, "hovertemplate": HOVER}
    return {"type": "scatter", "mode": "markers", "name": name, "marker": marker, **place}


def _best(scaling: Scaling, frame: pd.DataFrame) -> pd.DataFrame | None:
    coefficients = scaling.result.coefficients
    if coefficients is None:
        return None
    same = [frame[name] == getattr(coefficients, name) for name in COEFFICIENTS]
    return frame[same[0] & same[1] & same[2]]


def _numbers(values: pd.Series) -> list[float]:
    return [round(float(value), 6) for value in values]
