"""The one training loop: a network, a split and a config in; accuracy on the validation part out."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from trials.data.datasets import Split
from trials.training.batches import Part, ordered_batches, shuffled_batches, steps_per_epoch
from trials.training.checkpoint import identity_of, restore, save
from trials.training.isolation import epoch_seed, isolated
from trials.training.optimizers import set_learning_rate
from trials.training.recalibration import recalibrate
from trials.training.schedule import learning_rate
from trials.training.state import EpochResult, TrainingResult, TrainingState, start
from trials.training_config import Autocast, TrainingConfig

STEPS_BETWEEN_CHECKS = 50  # reading a loss stops a GPU, so it is not read at every step
# N x H x W of a batch. Below it a GPU waits for its orders, and bfloat16 gives it more of them: benchmarks/bfloat16.py.
# Batches between those measured there and this one were not.
PIXELS_FOR_BFLOAT16 = 1_000_000


class Diverged(ArithmeticError):
    """The loss became infinite or not a number in `epoch` (from 1) at `step` of it (from 1; None: in validation)."""

    def __init__(self, epoch: int, step: int | None) -> None:
        self.epoch = epoch
        self.step = step
        where = "validation" if step is None else f"step {step}"
        super().__init__(f"diverged: the loss is not finite in epoch {epoch}, {where}")


def train(
    network: nn.Module,
    split: Split,
    config: TrainingConfig,
    *,
    resolution: tuple[int, int],
    seed: int,
    device: torch.device,
    threads: int | None = None,
    on_epoch: Callable[[EpochResult], None] | None = None,
    checkpoint: Path | None = None,
) -> TrainingResult:
    """Train `network` in place and leave in it the weights that the result speaks of (with EMA, the average).

    `on_epoch` sees every epoch once and in order, restored ones too; what it raises passes through, after the epoch's
    checkpoint is written. With `checkpoint`, a training that was stopped goes on where that file left off and ends
    with the same numbers; the file is the caller's to remove. On a CPU, equal arguments, initial weights and `threads`
    give equal numbers; torch's global generators are neither read nor changed.

    Raises Diverged, and InvalidInput for a checkpoint of another training.
    """
    with isolated(device, threads):
        training, validation = parts_of(split, resolution, device)
        network.to(device=device, memory_format=torch.channels_last)  # type: ignore[call-overload]
        state = start(network, config)
        identity = identity_of(network, split, config, resolution, seed)
        if checkpoint is not None and checkpoint.exists():
            restore(checkpoint, identity, state)
        for result in state.history:
            notify(on_epoch, result)
        for epoch in range(len(state.history) + 1, config.epochs + 1):
            started = time.perf_counter()
            train_loss = train_epoch(state, training, config, epoch, epoch_seed(seed, epoch))
            val_accuracy, val_loss = validate(state, training, validation, config)
            if not math.isfinite(val_loss):
                raise Diverged(epoch, None)
            seconds = time.perf_counter() - started
            result = EpochResult(epoch, train_loss, val_accuracy, val_loss, seconds)
            state.history.append(result)
            if checkpoint is not None:
                save(checkpoint, identity, state)
            notify(on_epoch, result)
        network.load_state_dict(state.judged.state_dict())
    return TrainingResult(history=tuple(state.history))


def train_epoch(state: TrainingState, part: Part, config: TrainingConfig, epoch: int, seed: int) -> float:
    """Train for one epoch, all of its randomness drawn from `seed`; return the mean loss of its steps."""
    torch.manual_seed(seed)  # dropout, stochastic depth
    generator = torch.Generator().manual_seed(seed)  # order, augmentation
    steps = steps_per_epoch(len(part), config.batch_size)
    losses = torch.zeros(steps, device=part.device)
    state.network.train()
    for step, (images, labels) in enumerate(shuffled_batches(part, config, generator)):
        set_learning_rate(state.optimizer, learning_rate(config, (epoch - 1) * steps + step, steps))
        with autocast(images, config.autocast):
            loss = functional.cross_entropy(state.network(images), labels, label_smoothing=config.label_smoothing)
        state.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        state.optimizer.step()
        if state.average is not None:
            state.average.update()
        losses[step] = loss.detach()
        if step % STEPS_BETWEEN_CHECKS == 0 or step == steps - 1:
            require_finite(losses, epoch)
    return float(losses.mean())


def validate(state: TrainingState, training: Part, validation: Part, config: TrainingConfig) -> tuple[float, float]:
    """Return accuracy and loss of the judged network, its batch norms recalibrated first where the config says so."""
    if config.recalibrate_batches:
        batches = itertools.islice(ordered_batches(training, config.batch_size), config.recalibrate_batches)
        recalibrate(state.judged, (images for images, _ in batches), lambda images: autocast(images, config.autocast))
    return evaluate(state.judged, validation, batch_size=config.batch_size, autocast_mode=config.autocast)


def evaluate(
    network: nn.Module, part: Part, *, batch_size: int = 256, autocast_mode: Autocast = "auto"
) -> tuple[float, float]:
    """Return accuracy in [0, 1] and mean cross-entropy (in nats, labels not smoothed) over all images of `part`.

    The network has to be on the part's device; it is left in evaluation mode.
    """
    network.eval()
    return accuracy_and_loss(network, ordered_batches(part, batch_size), part.device, autocast_mode)


@torch.inference_mode()
def accuracy_and_loss(
    logits_of: Callable[[Tensor], Tensor],
    batches: Iterable[tuple[Tensor, Tensor]],
    device: torch.device,
    autocast_mode: Autocast,
) -> tuple[float, float]:
    """Return accuracy in [0, 1] and mean cross-entropy (in nats) over batches of images and labels."""
    count = 0
    correct = torch.zeros((), device=device, dtype=torch.int64)
    loss = torch.zeros((), device=device, dtype=torch.float64)
    for images, labels in batches:
        with autocast(images, autocast_mode):
            logits = logits_of(images).float()
        count += len(labels)
        correct += (logits.argmax(1) == labels).sum()
        loss += functional.cross_entropy(logits, labels, reduction="sum")
    return correct.item() / count, loss.item() / count


def parts_of(split: Split, resolution: tuple[int, int], device: torch.device) -> tuple[Part, Part]:
    """Return the training and the validation part of a split, on the device where they fit."""
    training, validation = (
        Part(
            images=images,
            labels=labels,
            mean=split.mean,
            std=split.std,
            resolution=resolution,
            device=device,
        ).on_device()
        for images, labels in (
            (split.train_images, split.train_labels),
            (split.validation_images, split.validation_labels),
        )
    )
    return training, validation


def autocast(images: Tensor, mode: Autocast) -> torch.autocast:
    """Return the context that computes a batch [N, C, H, W] in bfloat16, or changes nothing."""
    wanted = in_bfloat16(mode, images.device, images.shape)
    return torch.autocast(images.device.type, dtype=torch.bfloat16, enabled=wanted)


def in_bfloat16(mode: Autocast, device: torch.device, shape: Sequence[int]) -> bool:
    """Return whether a batch [N, C, H, W] is computed in bfloat16: with `auto` where a GPU is faster with it."""
    if mode != "auto":
        return mode == "bf16"
    large = shape[0] * shape[-2] * shape[-1] >= PIXELS_FOR_BFLOAT16
    return large and device.type == "cuda" and torch.cuda.is_bf16_supported()


def require_finite(losses: torch.Tensor, epoch: int) -> None:
    """Raise Diverged at the first of the losses [steps] that is not finite."""
    wrong = (~losses.isfinite()).nonzero()
    if len(wrong):
        raise Diverged(epoch, int(wrong[0]) + 1)


def notify(on_epoch: Callable[[EpochResult], None] | None, result: EpochResult) -> None:
    """Call `on_epoch` where there is one."""
    if on_epoch is not None:
        on_epoch(result)
