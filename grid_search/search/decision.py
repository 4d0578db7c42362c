"""The coefficients that win, and how sure that is: means over seeds, the noise between seeds, what is tied."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from grid_search.compound_scaling import AXES, COEFFICIENTS, PAPER_COEFFICIENTS
from grid_search.search.candidates import BASELINE, COMPOUND, CONTROL_ROLES, PAPER
from trials.statistics import CONFIDENCE, margin_of_difference, pooled_sd

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True)
class Decision:
    """The winner among the compound candidates, and what can be said of it.

    `networks` has one row per role and coefficients: mean accuracy, its number of seeds, cost ratio, `tied` (within
    the noise of the best). `noise` is the pooled standard deviation between seeds, None where nothing was repeated.
    """

    networks: pd.DataFrame
    best: pd.Series
    noise: float | None
    statement: str


def only_axis(network: pd.Series) -> str | None:
    """Return the axis that a network scales where it scales one alone; None otherwise."""
    scaled = [axis for axis, name in zip(AXES, COEFFICIENTS, strict=True) if network[name] != 1]
    return scaled[0] if len(scaled) == 1 else None


def average_seeds(trials: pd.DataFrame) -> pd.DataFrame:
    """Return one row per network that was trained in full: role, coefficients, cost, mean and number of seeds."""
    done = trials[(trials["state"] == "complete") & trials["epochs"].isna()]
    grouped = done.groupby(["role", *COEFFICIENTS], sort=False, as_index=False)
    return grouped.agg(
        flops=("flops", "first"),
        params=("params", "first"),
        ratio=("ratio", "first"),
        accuracy=("val_accuracy", "mean"),
        sd=("val_accuracy", "std"),
        seeds=("val_accuracy", "count"),
    )


def leading(networks: pd.DataFrame, leaders: int) -> pd.DataFrame:
    """Return the networks worth repeating: the best compound candidates, the baseline, every control, the paper's."""
    compound = networks[networks["role"] == COMPOUND].nlargest(leaders, "accuracy")
    controls = networks[networks["role"].isin([BASELINE, *CONTROL_ROLES.values(), PAPER])]
    return networks.loc[compound.index.union(controls.index)]


def separated(decision: Decision) -> bool:
    """Tell whether the winner stands apart from every other compound candidate and every control."""
    rivals = decision.networks.drop(index=[decision.best.name])
    rivals = rivals[rivals["role"].isin([COMPOUND, *CONTROL_ROLES.values()])]
    return decision.noise is not None and not bool(rivals["tied"].any())


def decide(trials: pd.DataFrame) -> Decision | None:
    """Pick the compound candidate with the best mean accuracy among those with the most seeds; None without any.

    A network that led the first round with luck falls back when it is repeated, so only repeated ones can win.
    """
    networks = average_seeds(trials)
    compound = networks[networks["role"] == COMPOUND]
    if compound.empty:
        return None
    repeated = compound[compound["seeds"] == compound["seeds"].max()]
    best = networks.loc[repeated["accuracy"].idxmax()]
    noise, freedom = pooled_noise(networks)
    networks["tied"] = _tied(networks, best, noise, freedom)
    return Decision(networks=networks, best=best, noise=noise, statement=_statement(networks, best, noise))


def pooled_noise(networks: pd.DataFrame) -> tuple[float | None, int]:
    """Return the standard deviation between seeds over all repeated networks, and its degrees of freedom."""
    seeds, deviations = (networks[name].to_numpy(dtype=np.float64) for name in ("seeds", "sd"))
    noise, freedom = pooled_sd(seeds, deviations**2)
    return (noise if freedom else None), freedom


def _tied(networks: pd.DataFrame, best: pd.Series, noise: float | None, freedom: int) -> pd.Series:
    """Tell which means differ from the best by no more than chance would (two-sided t test, pooled noise)."""
    if noise is None:
        return networks["accuracy"] > -np.inf
    return (networks["accuracy"] - best["accuracy"]).abs() <= margins(networks, best, noise, freedom)


def margins(networks: pd.DataFrame, best: pd.Series, noise: float, freedom: int) -> pd.Series:
    """Return half the width of the interval of each mean's difference from the best's (two-sided t, pooled noise)."""
    return networks["seeds"].map(lambda seeds: margin_of_difference(noise, freedom, seeds, best["seeds"]))


def _statement(networks: pd.DataFrame, best: pd.Series, noise: float | None) -> str:
    if noise is None:
        return "One seed each: the noise is unknown and nothing can be said to be better than anything else."
    compound = networks.loc[networks["role"] == COMPOUND, "tied"]
    parts = [
        f"Seeds differ by {100 * noise:.2f} points (sd). {int(compound.sum())} of {len(compound)} compound candidates "
        f"are within the noise of the best at {CONFIDENCE:.0%} confidence.",
        "" if (axis := only_axis(best)) is None else f"The best scales {axis} alone.",
        *(_against(networks[networks["role"] == role], best, role) for role in CONTROL_ROLES.values()),
        _against(_papers(networks), best, "the paper's 1.2, 1.1, 1.15"),
    ]
    return " ".join(part for part in parts if part)


def _papers(networks: pd.DataFrame) -> pd.DataFrame:
    same = (networks[list(COEFFICIENTS)] == [getattr(PAPER_COEFFICIENTS, name) for name in COEFFICIENTS]).all(axis=1)
    return networks[networks["role"].isin([PAPER, COMPOUND]) & same]


def _against(rows: pd.DataFrame, best: pd.Series, name: str) -> str:
    """Say how the best stands to a network in points of accuracy; nothing where it was not evaluated."""
    if rows.empty or rows.index[0] == best.name:
        return ""
    row = rows.iloc[0]
    difference = 100 * (best["accuracy"] - row["accuracy"])
    verdict = "within the noise" if row["tied"] else "more than noise"
    return f"Against {name} ({row['ratio']:.2f}x): {difference:+.2f} points, {verdict}."
