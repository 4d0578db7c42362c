"""Charts as data for the page's scripts: colours that colour-blind readers tell apart, text of others escaped."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable
from typing import Any

# Okabe and Ito (2008), without black and yellow, which vanish on one of the two grounds
BLUE, ORANGE, GREEN, VERMILION, PURPLE, SKY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"
GREY = "#8a939c"
# seen on both grounds, without telling red from green
LOW_TO_HIGH = [[0, "#3f6fb5"], [0.5, "#8f9aa3"], [1, "#c98a00"]]


def figure(traces: list[dict[str, Any]], **layout: Any) -> dict[str, Any]:
    """Return a chart as plain values; a property that plotly does not know is an error."""
    import plotly.graph_objects as go

    drawn = go.Figure(data=traces, layout={"template": "none", **LAYOUT, **layout})
    plain: dict[str, Any] = json.loads(drawn.to_json())
    return plain


def safe(text: object) -> str:
    """Return text as a chart shows it letter by letter: plotly reads a little HTML.

    >>> safe("<b>bold</b>")
    '&lt;b&gt;bold&lt;/b&gt;'
    """
    return html.escape(str(text))


def axis(title: str, **settings: Any) -> dict[str, Any]:
    """Return the settings of an axis."""
    return {"title": {"text": title, "standoff": 8}, "automargin": True, "zeroline": False, **settings}


def log_axis(title: str, values: Iterable[float], **settings: Any) -> dict[str, Any]:
    """Return a logarithmic axis with ticks at plain numbers, as dense as the values need."""
    known = [value for value in values if value > 0]
    if not known:
        return axis(title, **settings)
    least, most = min(known), max(known)
    digits = (1, 2, 5) if most > 12 * least else (1, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8)
    decades = range(math.floor(math.log10(least)), math.ceil(math.log10(most)) + 1)
    ticks = [digit * 10.0**decade for decade in decades for digit in digits]
    return axis(title, type="log", tickvals=ticks, ticktext=[f"{tick:,.10g}" for tick in ticks], **settings)


LAYOUT: dict[str, Any] = {
    "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "xanchor": "left"},
    "hovermode": "closest",
    "dragmode": False,
}
