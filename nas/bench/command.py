"""`nas bench`: samplers compared on a benchmark table. Slow imports inside."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    import pandas as pd
    from rich.console import Console

    from nas.bench.incumbents import Replay


@click.command()
@click.option("--data", type=click.Path(path_type=Path), required=True, help="Accel-NASBench: tar.gz or folder.")
@click.option("--samplers", default="random,evolution,tpe,predictor", show_default=True, help="Names with commas.")
@click.option("--seeds", type=click.IntRange(1, 10_000), default=30, show_default=True, help="Runs of each sampler.")
@click.option("--evaluations", type=click.IntRange(1, 100_000), default=300, show_default=True, help="In each run.")
@click.option(
    "--mode",
    type=click.Choice(["surrogate", "table"]),
    default="surrogate",
    show_default=True,
    help="All networks of the space, or the measured ones alone.",
)
@click.option("--split-seed", default=0, show_default=True, help="Which halves of the rows (surrogate mode).")
@click.option("--jobs", type=click.IntRange(1, 1000), default=1, show_default=True, help="Processes (surrogate mode).")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Where the files go.")
def bench(
    data: Path, samplers: str, seeds: int, evaluations: int, mode: str, split_seed: int, jobs: int, out: Path
) -> None:
    """Compare samplers on Accel-NASBench: how many evaluations until B0's score, and how good after how many?

    In surrogate mode a sampler sees one half of the rows, with label noise, and its incumbent is scored by the other.
    In table mode it sees measured networks alone; what is told is the regret against the best of them.
    """
    from trials.console.output import open_console

    console = open_console()
    names = [name.strip() for name in samplers.split(",") if name.strip()]
    if mode == "surrogate":
        summary = _surrogate(console, data, names, seeds, evaluations, split_seed, jobs, out)
    else:
        summary = _table(console, data, names, seeds, evaluations, out)
    print_figures(console, summary, f"samplers on {data.name}, {mode}")
    console.print(f"files:  {out}/", highlight=False, soft_wrap=True)


def _surrogate(
    console: Console, data: Path, names: list[str], seeds: int, evaluations: int, split_seed: int, jobs: int, out: Path
) -> pd.DataFrame:
    from rich.progress import Progress

    from nas.bench.replay import named_samplers, reference_score, run_bench
    from nas.bench.tables import write_bench

    named_samplers(names)  # a wrong name is said before anything is fitted
    score = reference_score(data, split_seed=split_seed)
    console.print(f"EfficientNet-B0 scores {score:.2f} (100 × reward)", highlight=False)
    with Progress(console=console) as progress:
        task = progress.add_task("runs", total=len(names) * seeds)

        def on_run(run: Replay) -> None:
            progress.update(task, advance=1, description=f"{run.sampler}, seed {run.seed}")

        settings = {"seeds": seeds, "evaluations": evaluations, "split_seed": split_seed, "jobs": jobs}
        runs = run_bench(data, names, **settings, on_run=on_run)
    out.mkdir(parents=True, exist_ok=True)
    return write_bench(runs, score, out)


def _table(console: Console, data: Path, names: list[str], seeds: int, evaluations: int, out: Path) -> pd.DataFrame:
    from rich.progress import Progress

    from nas.bench.measured_networks import run_table_bench, write_table_bench

    with Progress(console=console) as progress:
        task = progress.add_task("runs", total=len(names) * seeds)

        def on_run(name: object) -> None:
            progress.update(task, advance=1, description=str(name))

        curves = run_table_bench(data, names, seeds=seeds, evaluations=evaluations, on_run=on_run)
    out.mkdir(parents=True, exist_ok=True)
    return write_table_bench(curves, out)


def print_figures(console: Console, summary: pd.DataFrame, title: str) -> None:
    """Print the summary with the samplers as columns, so that it fits a narrow screen."""
    from rich.table import Table

    table = Table(title=title)
    table.add_column("")
    for name in summary["sampler"]:
        table.add_column(str(name), justify="right")
    for column in summary.columns.drop("sampler"):
        table.add_row(column.replace("_", " "), *(_figure(column, value) for value in summary[column]))
    console.print(table)


def _figure(column: str, value: float) -> str:
    if value != value:  # no such figure for this sampler
        return "-"
    if column == "runs" or column.startswith("until"):
        return "never" if value == float("inf") else f"{value:.0f}"
    return f"{value:.0%}" if column.startswith("share") else f"{value:.3f}"
