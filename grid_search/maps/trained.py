"""The compared networks with weights: those that were given, and the others trained, once for each folder."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console

from grid_search.maps.networks import Compared
from grid_search.maps.request import MapsRequest
from search_spaces.emission import emit_architecture
from search_spaces.errors import InvalidInput
from search_spaces.files import LARGEST_YAML_BYTES, read_bounded
from search_spaces.network import Network
from search_spaces.task import Task
from search_spaces.weights import ARCHITECTURE, WEIGHTS, Expects, load_trained, save_weights
from trials.console.run_record import write_run_record
from trials.objectives.train import Training
from trials.proxy import apply_proxy
from trials.study.settings import decisive_settings, require_same
from trials.training.equipment import load_split, load_whole
from trials.training.loop import Diverged

RESULT, CHECKPOINT = "result.json", "checkpoint.pt"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A trained network, what it expects of its images, and its validation accuracy where it was trained here."""

    compared: Compared
    network: Network
    expects: Expects
    val_accuracy: float | None = None


def trained_networks(request: MapsRequest, console: Console, command: str) -> list[Subject]:
    """Return the networks with weights, in order; what is not trained yet is, and kept in a folder for each.

    Raises InvalidInput for weights that do not belong to a network or to these settings.
    """
    subjects = []
    for compared in request.networks:
        given = request.trained.get(compared.role)
        folder = request.folder / compared.folder if given is None else given
        accuracy = None if given is not None else _accuracy(request, compared, folder, console, command)
        network, expects = load_trained(folder)
        subjects.append(Subject(compared=compared, network=network, expects=expects, val_accuracy=accuracy))
    _require_same_classes(subjects)
    return subjects


def remaining(request: MapsRequest) -> Iterator[Compared]:
    """Yield the networks that are to be trained."""
    yield from (one for one in request.untrained if not (request.folder / one.folder / RESULT).is_file())


def _accuracy(request: MapsRequest, compared: Compared, folder: Path, console: Console, command: str) -> float:
    """Return the validation accuracy of a network that was trained in `folder`, or is now."""
    settings = {"network": compared.architecture.key, **decisive_settings(request.experiment)}
    if (folder / RESULT).is_file():
        recorded, results = _recorded(folder / RESULT)
        wanted = json.loads(json.dumps(settings))
        require_same(recorded, wanted, said=f"as {folder} was trained (or another --out)")
        return float(results["val_accuracy"])
    accuracy = _train(request, compared, folder)
    results = {"val_accuracy": accuracy}
    write_run_record(folder / RESULT, command=command, settings=settings, results=results)
    told = f"{compared.role}: validation accuracy {accuracy:.4f}"
    console.print(told, highlight=False, soft_wrap=True, markup=False)
    return accuracy


def _train(request: MapsRequest, compared: Compared, folder: Path) -> float:
    """Train one network and keep its weights as `nas train` does; return its validation accuracy."""
    experiment = request.experiment
    folder.mkdir(parents=True, exist_ok=True)
    training = Training(
        data=experiment.data, proxy=experiment.proxy, training=experiment.training, compute=experiment.compute
    )
    try:
        network, result = training.trained(compared.architecture, experiment.seed, checkpoint=folder / CHECKPOINT)
    except Diverged as error:
        raise InvalidInput(
            "training.learning_rate", experiment.training.learning_rate, f"a lower one: {error}"
        ) from None
    small, split = apply_proxy(compared.architecture, experiment.proxy), load_split(experiment.data)
    expects = Expects(
        resolution=small.input_size,
        mean=split.mean,
        std=split.std,
        num_classes=split.num_classes,
        classes=load_whole(experiment.data).classes,
        network=small.key,
    )
    emit_architecture(small, folder / ARCHITECTURE, task=Task(split.num_classes, expects.in_channels))
    save_weights(network, expects, folder / WEIGHTS)
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return result.val_accuracy


def _recorded(path: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        record = json.loads(read_bounded(path, LARGEST_YAML_BYTES))
        return dict(record["settings"]), {"val_accuracy": float(record["results"]["val_accuracy"])}
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InvalidInput(str(path), type(error).__name__, "the result of an earlier `scale maps`") from None


def _require_same_classes(subjects: list[Subject]) -> None:
    counts = {subject.compared.role: subject.expects.num_classes for subject in subjects}
    if len(set(counts.values())) > 1:
        raise InvalidInput("--trained", counts, "networks of the same classes")
