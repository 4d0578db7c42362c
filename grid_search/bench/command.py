"""`scale bench`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from search_spaces.errors import InvalidInput

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console


@click.command()
@click.option("--data", type=click.Path(path_type=Path, dir_okay=False), help="A CSV of trained networks.")
@click.option("--synthetic", is_flag=True, help="Ten laws with known truth instead of a table.")
@click.option("--drawn", type=click.IntRange(1, 1000), help="Laws drawn at random instead, so many.")
@click.option("--laws-seed", type=click.IntRange(0), default=0, show_default=True, help="Of the laws that are drawn.")
@click.option("--accuracy", default="accuracy", show_default=True, help="The column of accuracies.")
@click.option("--cost", default="cost", show_default=True, help="The column of costs; without it, the nominal product.")
@click.option("--baseline", help="Its row by the varying ones of depth,width,resolution.  [default: median cost]")
@click.option(
    "--target", type=click.FloatRange(1, 16, min_open=True), default=2.0, show_default=True, help="In baselines."
)
@click.option(
    "--noise", type=click.FloatRange(0, 50), default=0.2, show_default=True, help="Sd of one training, in points."
)
@click.option("--seeds", type=click.IntRange(1, 1000), default=20, show_default=True, help="Runs of each method.")
@click.option("--trainings", type=click.IntRange(4, 200), default=24, show_default=True, help="In each run.")
@click.option(
    "--method", "methods", type=click.Choice(["law", "grid", "random"]), multiple=True, help="Which; all by default."
)
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the files go.")
def bench(
    data: Path | None,
    synthetic: bool,
    drawn: int | None,
    laws_seed: int,
    accuracy: str,
    cost: str,
    baseline: str | None,
    target: float,
    noise: float,
    seeds: int,
    trainings: int,
    methods: tuple[str, ...],
    out: Path,
) -> None:
    """Replay law and grid on trained networks: how far from the best is the answer after how many trainings?

    The table has columns depth, width and resolution (a constant or missing one is no axis), accuracy and cost. Random
    search, the paper's coefficients and each axis alone stand beside.
    """
    from rich.progress import Progress

    from grid_search.bench.plot import plot_regret
    from grid_search.bench.problem import synthetic_problems
    from grid_search.bench.replay import METHODS
    from grid_search.bench.summary import run_bench, summarize
    from grid_search.bench.synthetic import drawn_laws
    from grid_search.bench.table import table_problem
    from trials.console.output import open_console
    from trials.study.report import write_csv

    if sum([data is not None, synthetic, drawn is not None]) != 1:
        accepted = "a CSV, or --synthetic, or --drawn: one of the three"
        raise InvalidInput("--data", None if data is None else str(data), accepted)
    if data is not None:
        problems = [table_problem(data, target=target, baseline=baseline, accuracy=accuracy, cost=cost)]
    else:
        problems = synthetic_problems(target, drawn_laws(drawn, laws_seed) if drawn else None)
    methods = tuple(dict.fromkeys(methods)) or tuple(METHODS)
    console = open_console()
    with Progress(console=console) as progress:
        task = progress.add_task("runs", total=len(problems) * seeds * len(methods))
        steps = run_bench(
            problems,
            noise=noise,
            seeds=seeds,
            trainings=trainings,
            methods=methods,
            report=lambda line: progress.update(task, advance=1, description=line),
        )
    summary = summarize(steps)
    out.mkdir(parents=True, exist_ok=True)
    write_csv(steps.round(4), out / "steps.csv")
    write_csv(summary.round(4), out / "summary.csv")
    plot_regret(steps, out / "regret.png")
    print_summary(console, summary)
    console.print(f"files:  {out}/  (summary.csv, steps.csv, regret.png)", highlight=False, soft_wrap=True)


def print_summary(console: Console, summary: pd.DataFrame) -> None:
    """Print a line per problem and method; regrets in points of accuracy."""
    from rich.table import Table

    table = Table(title="regret in points of accuracy; needed: trainings until it stays below 0.1")
    for column in summary.columns:
        table.add_column(str(column).replace("_", " "), justify="left" if column in ("problem", "method") else "right")
    for row in summary.to_dict(orient="records"):
        table.add_row(*(_shown(str(column), value) for column, value in row.items()))
    console.print(table)


def _shown(column: str, value: object) -> str:
    if not isinstance(value, float):
        return str(value)
    if value != value:
        return "-"
    if column == "needed":
        return "never" if value == float("inf") else f"{value:.0f}"
    return f"{value:.1f}" if column == "spent" else f"{value:.0%}" if column.startswith("coverage") else f"{value:.3f}"
