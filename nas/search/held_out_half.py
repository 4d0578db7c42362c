"""The networks of a finished search, scored by the half of a benchmark that no search saw. No torch."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from nas.compare.screen import stage_screen
from nas.compare.stage_table import stage_table
from nas.search.results import SearchResult
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture
from trials.experiment import Experiment
from trials.objectives.benchmark.objective import ask_benchmark


def print_second_opinion(console: Console, result: SearchResult, experiment: Experiment) -> None:
    """Print the scoring half's accuracy of the found and the published networks, and the first two by stage."""
    networks = networks_of(result)
    scores = scoring_accuracies(experiment, networks)
    table = Table(title="scored without noise by the half of the rows that the search never saw")
    for heading in ("network", "flops", "accuracy, searched half", "accuracy, scoring half"):
        table.add_column(heading, justify="left" if heading == "network" else "right")
    classes = experiment.cost.num_classes
    for name, score in scores.items():
        flops = estimate_cost(networks[name], classes).flops
        table.add_row(name, f"{flops / 1e6:,.1f}M", f"{_searched(result, name):.4f}", f"{score:.4f}")
    console.print(table)
    if len(networks) > 1:
        (first, found), (second, published) = list(networks.items())[:2]
        console.print(stage_screen(first, second, stage_table(found, published, classes)))


def networks_of(result: SearchResult) -> dict[str, Architecture]:
    """Return the found network and the references that the benchmark can answer for, by name."""
    done = result.references[result.references["state"] == "complete"]["name"]
    found = {"found": result.best} if result.best is not None else {}
    return found | {str(name): load_architecture(str(name)) for name in done}


def scoring_accuracies(experiment: Experiment, networks: dict[str, Architecture]) -> dict[str, float]:
    """Return name -> accuracy in [0, 1] by the scoring half. Raises InvalidInput where no benchmark is asked."""
    if experiment.objective.benchmark is None or experiment.objective.mode == "table":
        raise InvalidInput("objective", experiment.objective, "a benchmark in surrogate mode: it has two halves")
    score = ask_benchmark(experiment.objective, "score", experiment.seed)
    return {name: score(network, 0)["val_accuracy"] for name, network in networks.items()}


def _searched(result: SearchResult, name: str) -> float:
    if name == "found" and result.best_row is not None:
        return float(result.best_row["val_accuracy"])
    named = result.references[result.references["name"] == name]
    return float(named["val_accuracy"].iloc[-1])
