"""Does `rediscover-b0-imagenet` beat EfficientNet-B0 within B0's own budget, whatever the seed?

    python -m benchmarks.rediscover_b0 --data anb_dataset_jsons.tar.gz --out results/published/rediscover-b0-imagenet

Every seed is the experiment as shipped, searched as `nas run` does in a folder that is thrown away. What is found is
scored by the half of the rows that the search never saw. The second part searches among the measured rows
alone, within the same budget, and tells how far the best row found is from the best there is.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import numpy as np
import pandas as pd
from rich.console import Console
from rich.progress import track

from nas.compare.screen import stage_screen
from nas.compare.stage_table import stage_table
from nas.config import NasExperiment, load_nas_experiment
from nas.samplers import SAMPLERS
from nas.search.held_out_half import scoring_accuracies
from nas.search.run import run_search
from nas.search.table_search import regrets, row_values, search_rows
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.objectives.benchmark.table import flops_of, load_table
from trials.study.report import write_csv

NAME = "rediscover-b0-imagenet"
B0 = reference("efficientnet-b0")


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--seeds", default=20, show_default=True)
@click.option("--first-seed", default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), required=True)
def main(data: Path, seeds: int, first_seed: int, out: Path) -> None:
    """Run both parts, write surrogate.csv and rows.csv to OUT, print the figures and one comparison by stage."""
    numbers = range(first_seed, first_seed + seeds)
    found = [search(data, seed) for seed in track(numbers, "seeds")]
    table = pd.DataFrame([row for row, _ in found])
    restricted = pd.DataFrame([search_measured(data, seed) for seed in track(numbers, "measured rows")])
    out.mkdir(parents=True, exist_ok=True)
    write_csv(table.round(6), out / "surrogate.csv")
    write_csv(restricted.round(6), out / "rows.csv")
    console = Console(width=120)
    console.print(table.drop(columns="key").to_string(index=False))
    wins = int(((table["scored"] > table["b0_scored"]) & (table["flops"] <= table["b0_flops"])).sum())
    console.print(f"{wins} of {seeds} seeds beat B0; margin {table['margin'].describe().round(5).to_dict()}")
    console.print(restricted.to_string(index=False))
    console.print(f"regret {restricted['regret'].describe().round(5).to_dict()}")
    console.print(stage_screen(f"found, seed {first_seed}", B0.name, stage_table(found[0][1], B0, 1000)))


def experiment_of(data: Path, seed: int) -> NasExperiment:
    """Return the experiment as shipped, but for the seed and where the data are."""
    return load_nas_experiment(NAME, overrides=[f"objective.path={data}", f"seed={seed}"])


def search(data: Path, seed: int) -> tuple[Mapping[str, Any], Architecture]:
    """Search as `nas run` does; return what the scoring half says, and the network."""
    experiment = experiment_of(data, seed)
    with TemporaryDirectory() as folder:
        result = run_search(experiment, Path(folder), console=Console(quiet=True), command=NAME)
    assert result.best is not None
    assert result.best_row is not None
    scores = scoring_accuracies(experiment, {"found": result.best, "b0": B0})
    row = {
        "seed": seed,
        "trial": int(result.best_row["number"]),
        "flops": estimate_cost(result.best).flops,
        "b0_flops": estimate_cost(B0).flops,
        "params": estimate_cost(result.best).params,
        "searched": float(result.best_row["val_accuracy"]),
        "scored": scores["found"],
        "b0_scored": scores["b0"],
        "margin": scores["found"] - scores["b0"],
        "key": result.best.key,
    }
    return row, result.best


def search_measured(data: Path, seed: int) -> Mapping[str, Any]:
    """Search the measured rows within the experiment's budget; return the regret against the best of them."""
    experiment = experiment_of(data, seed)
    table = load_table(data)
    values = row_values(table, experiment.reward, experiment.limits)
    rows = search_rows(table, values, SAMPLERS[experiment.nas.sampler], seed=seed, evaluations=experiment.nas.trials)
    best = rows[values[rows].argmax()]
    return {
        "seed": seed,
        "rows_within_budget": int(np.isfinite(values).sum()),
        "evaluations": len(rows),
        "accuracy": float(table.figures["val_accuracy"][best]),
        "flops": int(flops_of([table.architectures[best]])[0]),
        "best_accuracy": float(values.max()),
        "regret": float(regrets(values, rows)[-1]),
        "rank": int((values > values[best]).sum() + 1),
    }


if __name__ == "__main__":
    main()
