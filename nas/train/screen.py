"""The last screen of `nas train`: accuracies, files, and how to load the weights. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from rich.console import Console

if TYPE_CHECKING:
    from nas.train.full_training import FullRun


def print_training(console: Console, run: FullRun, results: Mapping[str, Any]) -> None:
    """Print what `result.json` holds and the lines that load the network."""
    lines = [
        f"{run.asked.name}: test accuracy {results['test_accuracy']:.4f} on {results['images']['test']:,} images, "
        f"validation accuracy {results['val_accuracy']:.4f} ({results['epochs']} epochs, "
        f"{results['train_seconds']:.0f} s)",
        f"files:  {run.folder}/",
        "load:   from search_spaces.weights import load_trained",
        f'        network, expects = load_trained("{run.folder}")',
    ]
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)
