"""One network trained in full: resumed from its checkpoint, tested once, its weights kept beside its file."""

from __future__ import annotations

import copy
import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console

from nas.config import FullTraining, NasExperiment, full_training
from nas.finished_search import NamedNetwork
from nas.train.curves import EpochLines, plot_curves, write_history
from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from search_spaces.emission import emit_architecture
from search_spaces.errors import InvalidInput
from search_spaces.files import LARGEST_YAML_BYTES, read_bounded
from search_spaces.task import Task
from search_spaces.weights import ARCHITECTURE, WEIGHTS, Expects, save_weights
from trials.console.run_record import write_run_record
from trials.data.datasets import DataSet, Split
from trials.data.selection import Selection
from trials.duration import duration
from trials.experiment import DataConfig
from trials.proxy import apply_proxy
from trials.study.settings import CONTENT, recorded_data, require_same, without_places
from trials.study.storage import exclusive
from trials.training.batches import Part
from trials.training.equipment import build_seeded, choose_device, chosen_threads, load_split, load_whole
from trials.training.isolation import isolated
from trials.training.loop import Diverged, evaluate, train
from trials.training.state import TrainingResult
from trials.training.timing import measure_pace

if TYPE_CHECKING:
    from torch import nn

RESULT, CHECKPOINT = "result.json", "checkpoint.pt"
FULL_BATCH_NORM_MOMENTUM = 0.1  # torch's; EfficientNet's 0.01 is for hundreds of epochs


@dataclass(frozen=True, kw_only=True, slots=True)
class FullRun:
    """One full training: which network, on which data, how, where it is kept.

    `trained` is the network that was `asked` for, or its `proxy`.
    """

    asked: NamedNetwork
    trained: Architecture
    proxy: bool
    data: DataConfig
    training: FullTraining
    batch_norm_momentum: float
    experiment: NasExperiment
    folder: Path

    @property
    def settings(self) -> dict[str, Any]:
        """What decides the outcome: a finished training answers for these settings and no others."""
        settings = {
            "network": self.trained.key,
            "seed": self.experiment.seed,
            "data": recorded_data(self.data),
            "batch_norm_momentum": self.batch_norm_momentum,
            "training": asdict(self.training),
        }
        return without_places(settings)

    @property
    def threads(self) -> int:
        """The number of CPU threads."""
        return chosen_threads(self.experiment.compute.threads)


def plan_full_run(asked: NamedNetwork, experiment: NasExperiment, folder: Path, *, proxy: bool = False) -> FullRun:
    """Return the training of a network as it will be deployed, or of its proxy, by `nas.full_training`.

    The images of a folder are kept at the network's own resolution.
    """
    training = full_training(experiment)
    data = replace(experiment.data, train_images=training.train_images)
    if proxy:
        trained = apply_proxy(asked.architecture, experiment.proxy)
        shrunk = min(trained.input_size) / min(asked.architecture.input_size)
        training = replace(training, crop_padding=round(training.crop_padding * shrunk))
    else:
        trained = asked.architecture
        data = replace(data, resolution=None if data.resolution is None else trained.resolution)
    return FullRun(
        asked=asked,
        trained=trained,
        proxy=proxy,
        data=data,
        training=training,
        batch_norm_momentum=experiment.proxy.batch_norm_momentum if proxy else FULL_BATCH_NORM_MOMENTUM,
        experiment=experiment,
        folder=folder,
    )


def train_in_full(run: FullRun, *, console: Console, command: str) -> dict[str, Any]:
    """Train, test once and return the figures of `result.json`; where that is there already, only read it.

    A finished training that is asked for more epochs goes on from its checkpoint and is tested again at its new end.
    Raises InvalidInput where the folder holds the training of something else, and where the loss is not finite.
    """
    with exclusive(run.folder):
        results = finished_results(run)
        if results is None:
            results = _train_and_test(run, console, command)
    return results


def finished_results(run: FullRun) -> dict[str, Any] | None:
    """Return the figures of a training that ended earlier, None where there is none."""
    path = run.folder / RESULT
    if not path.is_file():
        return None
    try:
        record = json.loads(read_bounded(path, LARGEST_YAML_BYTES))
        recorded, results = dict(record["settings"]), dict(record["results"])
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise InvalidInput(str(path), type(error).__name__, "the result of an earlier `nas train`") from None
    said = f"as {run.folder} was trained (or another --name)"
    wanted = json.loads(json.dumps(run.settings))
    unknown = {"data": {CONTENT: wanted["data"].get(CONTENT)}}  # to a training that is older than this setting
    longer = _made_longer(recorded, wanted)
    if longer is None or not (run.folder / CHECKPOINT).is_file():
        require_same(recorded, wanted, said=said, defaults=unknown)
        return results
    require_same(longer, wanted, said=said, defaults=unknown)
    return None


def _made_longer(recorded: dict[str, Any], wanted: dict[str, Any]) -> dict[str, Any] | None:
    """Return the recorded settings with the epochs that are wanted, None where those are no more than recorded."""
    try:
        trained, asked = recorded["training"]["epochs"], wanted["training"]["epochs"]
        return {**recorded, "training": {**recorded["training"], "epochs": asked}} if asked > trained else None
    except (KeyError, TypeError):
        return None


def _build(run: FullRun, split: Split) -> nn.Module:
    return build_seeded(
        run.trained,
        split,
        run.experiment.seed,
        run.batch_norm_momentum,
        zero_init_residual=run.training.zero_init_residual,
    )


def _train_and_test(run: FullRun, console: Console, command: str) -> dict[str, Any]:
    data = load_whole(run.data)
    split = load_split(run.data)
    network = _build(run, split)
    _write_architecture(run, Task(split.num_classes, data.channels))
    _announce(run, data, split, console)
    _estimate(run, network, split, console)
    result = _train(run, network, split, console)
    test_accuracy, test_loss = _test(run, network, split, data)
    expects = Expects(
        resolution=run.trained.input_size,
        mean=split.mean,
        std=split.std,
        num_classes=split.num_classes,
        classes=data.classes,
        network=run.trained.key,
    )
    save_weights(network, expects, run.folder / WEIGHTS)
    write_history(result.history, run.folder)
    plot_curves(result.history, test_accuracy, run.asked.name, run.folder)
    results = {
        "test_accuracy": test_accuracy,
        "test_loss": test_loss,
        "val_accuracy": result.val_accuracy,
        "val_loss": result.val_loss,
        "epochs": len(result.history),
        "train_seconds": result.seconds,
        "skipped_files": list(data.skipped),
        "images": {part: len(labels) for part, labels in _labels(split, data).items()},
        "trained": {"proxy": run.proxy, **asdict(estimate_cost(run.trained, split.num_classes, data.channels))},
        "expects": asdict(expects),
    }
    write_run_record(run.folder / RESULT, command=command, settings=run.settings, results=results)
    return results


def _train(run: FullRun, network: nn.Module, split: Split, console: Console) -> TrainingResult:
    lines = EpochLines(console, run.folder, run.training.epochs)
    try:
        return train(
            network,
            split,
            run.training,
            resolution=run.trained.input_size,
            seed=run.experiment.seed,
            device=choose_device(run.experiment.compute.device),
            threads=run.threads,
            on_epoch=lines.add,
            checkpoint=run.folder / CHECKPOINT,
        )
    except Diverged as error:
        key, rate = "nas.full_training.learning_rate", run.training.learning_rate
        raise InvalidInput(key, rate, f"a lower one, under another --name: {error}") from None


def _test(run: FullRun, network: nn.Module, split: Split, data: DataSet) -> tuple[float, float]:
    """Return accuracy and loss on the test images, which nothing looked at before."""
    import numpy as np
    import torch

    device = choose_device(run.experiment.compute.device)
    part = Part(
        images=Selection(data.test_images, np.arange(len(data.test_labels))),
        labels=torch.from_numpy(data.test_labels.copy()),  # a read-only memory map is no tensor
        mean=split.mean,
        std=split.std,
        resolution=run.trained.input_size,
        device=device,
    )
    with isolated(device, run.threads):
        return evaluate(network, part, batch_size=run.training.batch_size, autocast_mode=run.training.autocast)


def _write_architecture(run: FullRun, task: Task) -> None:
    provenance: dict[str, Any] = {"trained_from": run.asked.architecture.name}
    if run.proxy:
        provenance["proxy"] = asdict(run.experiment.proxy)
    path = run.folder / ARCHITECTURE
    emit_architecture(run.trained, path, task=task, provenance=provenance)


def _announce(run: FullRun, data: DataSet, split: Split, console: Console) -> None:
    """Say in one line what is trained, and beside it what may surprise."""
    cost = estimate_cost(run.trained, data.num_classes, data.channels)
    height, width = run.trained.input_size
    counts = ", ".join(f"{len(labels):,} {part}" for part, labels in _labels(split, data).items())
    what = "the proxy of " * run.proxy + run.asked.name
    lines = [
        f"trains {what}: {height} x {width} px, {cost.flops / 1e6:,.1f}M multiply-adds, {cost.params / 1e6:,.2f}M "
        f"parameters, {data.num_classes} classes; {run.data.name}: {counts} images, {run.training.epochs} epochs"
    ]
    if data.num_classes != run.experiment.cost.num_classes:
        lines.append(
            f"note: the experiment counts networks with {run.experiment.cost.num_classes} classes; these weights tell "
            f"the {data.num_classes} of the data apart"
        )
    if (run.folder / CHECKPOINT).exists():
        lines.append(f"continues from {run.folder / CHECKPOINT}")
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True, markup=False)


def _estimate(run: FullRun, network: nn.Module, split: Split, console: Console) -> None:
    """Say how long the training will take, timed on a few batches of a copy of the network."""
    try:
        pace = measure_pace(
            copy.deepcopy(network),
            split,
            run.training,
            resolution=run.trained.input_size,
            device=choose_device(run.experiment.compute.device),
            threads=run.threads,
        )
    except Diverged:  # which the training itself will tell
        return
    told = duration(pace.training_seconds)
    console.print(f"time:   {told} for all epochs, timed on a few batches", highlight=False, soft_wrap=True)


def _labels(split: Split, data: DataSet) -> dict[str, Any]:
    return {"training": split.train_labels, "validation": split.validation_labels, "test": data.test_labels}
