"""The last screen of `scale search`."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from grid_search.grid.enumeration import Grid
from grid_search.law_search.screen import law_lines
from grid_search.search.verdict import judge
from trials.console.output import shown

if TYPE_CHECKING:
    from grid_search.search.decision import Decision
    from grid_search.search.response_surface import SurfaceFit
    from grid_search.search.results import ScaleResult


def print_scale_search(console: Console, result: ScaleResult) -> None:
    """Print the networks of a scaling search by mean accuracy, how sure the winner is, and where the files are."""
    decision = result.decision
    if decision is None:
        _print(console, f"No candidate could be evaluated; the reasons are in {shown(result.folder / 'trials.csv')}")
        if result.halted is not None:
            _print(console, result.halted)
        return
    verdict = judge(decision)
    _print(console, f"bought: {verdict.sentence}")
    console.print(_networks_table(decision))
    best = decision.best
    found = f"alpha {best['alpha']:g}, beta {best['beta']:g}, gamma {best['gamma']:g}"
    nominal = best["alpha"] * best["beta"] ** 2 * best["gamma"] ** 2
    lines = [
        f"{'found: ' if verdict.bought else 'picked:'} {found}  (nominal product {nominal:.3f}, "
        f"measured {best['ratio']:.3f}x the baseline)",
        *([] if result.too_short is None else [f"short:  {result.too_short}"]),
        *(f"noise:  {sentence}." for sentence in decision.statement.removesuffix(".").split(". ")),
        *_surface_lines(result.surface),
        *([] if result.law is None else law_lines(result.law)),
        f"files:  {shown(result.folder)}/  (coefficients.yaml, baseline.yaml, configs/, "
        f"{'grid.csv' if isinstance(result.ground, Grid) else 'law.png'}, trials.csv, accuracies.png, run.json)",
        result.halted or f"next:   {_next(result)}",
    ]
    for line in lines:
        _print(console, line)


def _print(console: Console, line: str) -> None:
    console.print(line, soft_wrap=True, highlight=False, markup=False)


def _next(result: ScaleResult) -> str:
    """Return the command that makes the decision real, as a shell takes it."""
    decided, out = (shlex.quote(shown(path)) for path in (result.folder, result.folder / "family"))
    option = "--from" if result.law is None else "--law"
    return f"scale emit {option} {decided} --flops 0.5x,2x,4x --out {out}"


def _surface_lines(surface: SurfaceFit | None) -> list[str]:
    if surface is None:
        return []
    best = surface.best
    return [
        f"second opinion: a response surface puts the best at alpha {best.alpha:g}, beta {best.beta:g}, "
        f"gamma {best.gamma:g}; left out one by one it is {100 * surface.error:.2f} points off, where the accuracies "
        f"themselves spread by {100 * surface.spread:.2f}"
    ]


def _networks_table(decision: Decision) -> Table:
    table = Table(title="the same training and the same images for all")
    for heading in ("role", "alpha", "beta", "gamma", "cost", "accuracy", "seeds", ""):
        table.add_column(heading, justify="left" if heading in ("role", "") else "right")
    for label, row in decision.networks.sort_values("accuracy", ascending=False).iterrows():
        tied = "tied" if row["tied"] and decision.noise is not None else ""
        table.add_row(
            str(row["role"]),
            *(f"{row[name]:.4g}" for name in ("alpha", "beta", "gamma")),
            f"{row['ratio']:.2f}x",
            f"{row['accuracy']:.4f}",
            str(row["seeds"]),
            "best" if label == decision.best.name else tied,
        )
    return table
