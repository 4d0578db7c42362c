"""`objective: train`: the proxy of a candidate trained, and judged on the validation part. No torch until called."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from search_spaces.architecture import Architecture
from trials.experiment import Compute, DataConfig
from trials.proxy import Proxy, apply_proxy
from trials.study.candidate import Candidate, Metrics, Report, Stopped
from trials.training.equipment import build_seeded, choose_device, chosen_threads, load_split
from trials.training.trial_checkpoints import checkpoint_of
from trials.training_config import TrainingConfig

if TYPE_CHECKING:
    from torch import nn

    from trials.training.state import EpochResult, TrainingResult


@dataclass(frozen=True, kw_only=True, slots=True)
class Training:
    """Train the proxy of a candidate and return `val_accuracy` in [0, 1], `val_loss` and `train_seconds`."""

    data: DataConfig
    proxy: Proxy
    training: TrainingConfig
    compute: Compute
    checkpoints: Path | None = None

    def prepare(self) -> None:
        """Fetch and split the data now, so that what is wrong with them is said before a study begins."""
        choose_device(self.compute.device)
        load_split(self.data)

    def __call__(self, candidate: Candidate, report: Report) -> Metrics:
        """Train on the training part, validate on the validation part; both come out of the training set.

        A candidate labelled with `epochs` trains for that many, in a schedule of its own. A training that was cut off
        goes on from its last whole epoch where `checkpoints` is a folder.
        """
        epochs = candidate.labels.get("epochs", self.training.epochs)

        def on_epoch(epoch: EpochResult) -> None:
            finished = epoch.epoch == epochs  # there is nothing left to save by stopping it
            with contextlib.suppress(*[Stopped] * finished):
                report(epoch.epoch, epoch.val_accuracy)

        with checkpoint_of(candidate, epochs, self.checkpoints) as checkpoint:
            _, result = self.trained(candidate.architecture, candidate.seed, epochs, on_epoch, checkpoint)
        return {"val_accuracy": result.val_accuracy, "val_loss": result.val_loss, "train_seconds": result.seconds}

    def trained(
        self,
        architecture: Architecture,
        seed: int,
        epochs: int | None = None,
        on_epoch: Callable[[EpochResult], None] | None = None,
        checkpoint: Path | None = None,
    ) -> tuple[nn.Module, TrainingResult]:
        """Train the proxy of an architecture; return it, and how its training went.

        Raises Diverged where the loss is not finite.
        """
        from trials.training.loop import train

        split = load_split(self.data)
        small = apply_proxy(architecture, self.proxy)
        network = build_seeded(
            small,
            split,
            seed,
            self.proxy.batch_norm_momentum,
            zero_init_residual=self.training.zero_init_residual,
        )
        result = train(
            network,
            split,
            replace(self.training, epochs=epochs or self.training.epochs),
            resolution=small.input_size,
            seed=seed,
            device=choose_device(self.compute.device),
            threads=chosen_threads(self.compute.threads),
            on_epoch=on_epoch,
            checkpoint=checkpoint,
        )
        return network, result
