"""A scaling search in three sentences: what was asked, what was found, how far it can be trusted. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from grid_search.grid.enumeration import Grid
from grid_search.law_search.search import LAW, SEARCHED
from grid_search.report.scaling import Scaling
from grid_search.search.candidates import COMPOUND
from grid_search.search.verdict import judge
from search_spaces.cost import estimate_cost
from trials.page.tables import millions

if TYPE_CHECKING:
    import pandas as pd


def asked(scaling: Scaling) -> str:
    """Say what is scaled, to what cost, and how many sets of coefficients were tried."""
    ground, experiment = scaling.result.ground, scaling.experiment
    cost = estimate_cost(ground.baseline, *ground.task)
    table = scaling.result.trials
    role = COMPOUND if isinstance(ground, Grid) else LAW
    tried = len(table.loc[table["role"] == role, ["alpha", "beta", "gamma"]].drop_duplicates())
    data = f" on {experiment.data.name}" if experiment.objective.uses_torch else ""
    question = (
        f"Asked: how {ground.baseline.name} ({millions(cost.flops)} multiply-adds) is best scaled to about "
        f"{ground.config.target:g} times its cost"
    )
    if isinstance(ground, Grid):
        return (
            f"{question}; of {len(ground.frame):,} sets of coefficients on the grid, "
            f"{len(ground.distinct):,} different networks, {tried} were evaluated{data}, each axis alone beside them."
        )
    return (
        f"{question}; for a law of depth, width and resolution, {tried} of {len(ground.ratios):,} networks of "
        f"{ground.ratios.min():.2g} to {ground.ratios.max():.2g} times its cost were evaluated{data}"
        f"{_searched(table)}, then its answer, each axis alone beside it."
    )


def _searched(table: pd.DataFrame) -> str:
    count = int((table["role"] == SEARCHED).sum())
    return f" and {count} by nas run" if count else ""


def found(scaling: Scaling) -> str:
    """Say which coefficients won, what they cost and what they bought."""
    decision, coefficients = scaling.result.decision, scaling.result.coefficients
    if decision is None or coefficients is None:
        return "Found: nothing yet, no candidate has been evaluated."
    so_far = " so far" if scaling.state == "running" else ""
    return (
        f"Found{so_far}: α {coefficients.alpha:.4g}, β {coefficients.beta:.4g}, γ {coefficients.gamma:.4g}, nominally "
        f"{coefficients.nominal:.2f} and really {decision.best['ratio']:.2f} times the cost, with accuracy "
        f"{decision.best['accuracy']:.4f}: it bought {judge(decision).sentence}."
    )


def trust(scaling: Scaling) -> str:
    """Say how far that can be believed."""
    decision = scaling.result.decision
    if decision is None:
        return "Trust: there is nothing to be trusted."
    going = "" if scaling.state == "finished" else f" The run is {scaling.state}: this may change."
    short = scaling.result.too_short
    return f"Trust: {'' if short is None else f'{short} '}{decision.statement}{going}"
