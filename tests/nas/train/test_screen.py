from __future__ import annotations

from pathlib import Path
from typing import Any

from nas.config import NasExperiment
from nas.finished_search import NamedNetwork
from nas.train.full_training import plan_full_run
from nas.train.screen import print_training
from search_spaces.reference import reference
from tests.nas.screens import printed

RESULTS: dict[str, Any] = {
    "test_accuracy": 0.91236,
    "val_accuracy": 0.92,
    "images": {"training": 50_000, "validation": 5_000, "test": 10_000},
    "epochs": 40,
    "train_seconds": 61.6,
}


def screen(folder: Path, name: str = "trial-7") -> str:
    network = NamedNetwork(name=name, architecture=reference("efficientnet-b0"))
    run = plan_full_run(network, NasExperiment(name="try"), folder)
    return printed(lambda console: print_training(console, run, RESULTS), width=40)


def test_accuracies_are_told_with_what_they_were_measured_on() -> None:
    first, *_ = screen(Path("results")).splitlines()
    expected = "test accuracy 0.9124 on 10,000 images, validation accuracy 0.9200 (40 epochs, 62 s)"
    assert first == f"trial-7: {expected}"


def test_the_lines_that_load_the_network_can_be_run_as_they_are() -> None:
    lines = screen(Path("results/[1]/train")).splitlines()  # a folder that looks like markup
    assert lines[1] == "files:  results/[1]/train/"
    code = [line.removeprefix("load:").strip() for line in lines[2:]]
    assert code[1] == 'network, expects = load_trained("results/[1]/train")'
    compile("\n".join(code), "screen", "exec")
