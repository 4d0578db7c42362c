"""Networks judged by the weights of a supernet that was trained: what a study's objective and anyone else calls."""

from __future__ import annotations

import math
from collections.abc import Iterable
from pathlib import Path as File

from search_spaces.architecture import Architecture
from trials.experiment import Compute, DataConfig
from trials.objectives.shared.artifact import load_supernet
from trials.objectives.shared.routes import Path
from trials.objectives.shared.scoring import ANY_SIZE, score, threads_within
from trials.objectives.shared.supernet import Supernet
from trials.study.candidate import Metrics
from trials.training.batches import Part
from trials.training.equipment import choose_device, chosen_threads, load_split
from trials.training.isolation import isolated
from trials.training.loop import parts_of
from trials.training_config import Autocast


def judge_networks(
    weights: File, networks: Iterable[Architecture], data: DataConfig, compute: Compute | None = None
) -> list[Metrics]:
    """Return `val_accuracy`, `val_loss` and `likelihood` of each network on the validation part of `data`.

    `weights` is a file that a search with `objective: {name: shared}` wrote. Raises InvalidInput for a network that is
    not of its space; one that was made for another resolution: `trials.resolving.as_deployed`.
    """
    compute = compute or Compute()
    device = choose_device(compute.device)
    with isolated(device, threads_within(device, chosen_threads(compute.threads))):
        supernet, routes, _ = load_supernet(weights)
        _, validation = parts_of(load_split(data), ANY_SIZE, device)
        supernet.to(device)
        return [judge(supernet, routes.path(network), validation) for network in networks]


def judge(supernet: Supernet, path: Path, validation: Part, autocast_mode: Autocast = "auto") -> Metrics:
    """Return the metrics of one network. Raises ArithmeticError where its loss is not finite."""
    accuracy, loss = score(supernet, path, validation, autocast_mode)
    if not math.isfinite(loss):
        raise ArithmeticError("the loss is not finite")
    return {"val_accuracy": accuracy, "val_loss": loss, "likelihood": math.exp(-loss)}
