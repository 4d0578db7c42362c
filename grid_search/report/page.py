"""report.html of a scaling search. No torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from grid_search.compound_scaling import COEFFICIENTS, PAPER_COEFFICIENTS
from grid_search.explore.payload import SCRIPTS as EXPLORER_SCRIPTS
from grid_search.explore.payload import explored
from grid_search.family.table import family_table
from grid_search.grid.enumeration import Grid
from grid_search.law_search.search import SEARCHED
from grid_search.report import charts
from grid_search.report.scaling import Scaling
from grid_search.report.words import asked, found, trust
from trials.page.assembling import PLOTLY, write_page
from trials.page.tables import Rows, failures, made_by, time_spent

REPORT = "report.html"
TEMPLATE = Path(__file__).with_name("scaling.html")
PICTURES = ("law.png", "accuracies.png", "accuracies.svg")


def write_report(scaling: Scaling, path: Path) -> None:
    """Write a scaling search as one page."""
    result = scaling.result
    drawn = {}
    if isinstance(result.ground, Grid):
        drawn["surface"] = charts.surface_chart(scaling, result.ground)
        drawn["costs"] = charts.costs_chart(scaling, result.ground)
    if result.decision is not None:
        drawn["advantages"] = charts.advantages_chart(result.decision)
    configs = result.folder / "configs"
    if any(configs.glob("*.yaml")):
        drawn["family"] = charts.family_chart(family_table(configs))
    data = explored(
        result.ground.baseline,
        coefficients=result.coefficients or PAPER_COEFFICIENTS,
        rounding=result.config.grid.rounding,
        task=result.ground.task,
    )
    write_page(
        path,
        TEMPLATE,
        scripts=(PLOTLY, *EXPLORER_SCRIPTS, "charts.js", "scaling.js"),
        payloads={"charts": drawn, "explored": data},
        title=f"{scaling.experiment.name}: a search for scaling coefficients",
        kind="scaling",
        scaling=scaling,
        drawn=drawn,
        data=data,
        sentences=[asked(scaling), found(scaling), trust(scaling)],
        networks=_networks(scaling),
        reasons=failures({"training": result.trials}),
        time=time_spent(_by_role(scaling), "between them (proposals, writing, pauses)"),
        pictures=[name for name in PICTURES if (result.folder / name).is_file() and path.parent == result.folder],
        record=made_by(scaling.record),
    )


def _networks(scaling: Scaling) -> Rows | None:
    """Return every network that was evaluated, the best first; None before there is one."""
    decision = scaling.result.decision
    if decision is None:
        return None
    rows = [
        (
            str(row["role"]),
            *(f"{row[name]:.4g}" for name in COEFFICIENTS),
            f"{row['ratio']:.2f}×",
            f"{row['accuracy']:.4f}",
            int(row["seeds"]),
            "best" if label == decision.best.name else ("tied" if row["tied"] and decision.noise is not None else ""),
        )
        for label, row in decision.networks.sort_values("accuracy", ascending=False).iterrows()
    ]
    headings = ("network", "α", "β", "γ", "cost", "accuracy", "seeds", "")
    return Rows(headings=headings, rows=rows, texts=frozenset({7}))


def _by_role(scaling: Scaling) -> Any:
    """Return the work with the role of each trial as its part, without what stage 1 did."""
    roles = scaling.result.trials.set_index("number")["role"]
    work = scaling.work.assign(part=scaling.work["number"].map(roles))
    return work[work["part"] != SEARCHED]
