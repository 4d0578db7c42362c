"""An experiment on digits, and paces that are not measured, so that plans come out the same everywhere."""

from __future__ import annotations

import math
import time
from pathlib import Path
from typing import Any

from nas.budget.request import Request
from nas.config import NasConfig, NasExperiment
from trials.budget.begun import Begun
from trials.experiment import Compute, DataConfig
from trials.proxy import Proxy
from trials.study.clock import Clock
from trials.training_config import TrainingConfig

AVAILABLE = 1_000  # training images that validation leaves


def digits(folder: Path, **changes: Any) -> NasExperiment:
    from trials.data.facts import data_facts

    images = data_facts("digits", folder).train_images
    settings: dict[str, Any] = {
        "name": "try",
        "data": DataConfig(name="digits", folder=str(folder), validation_images=images - AVAILABLE),
        "resolution": 16,
        "proxy": Proxy(width=0.125, depth=0.4, resolution=0.5, drop_strides=3),
        "training": TrainingConfig(epochs=1, batch_size=20, warmup_epochs=0.1),
        "compute": Compute(device="cpu", threads=1),
        "nas": NasConfig(references=("efficientnet-b0",)),
    }
    return NasExperiment(**{**settings, **changes})


def requested(
    experiment: NasExperiment, folder: Path, written: dict[str, Any] | None = None, begun: Begun | None = None
) -> Request:
    seconds = math.inf if experiment.budget is None else float(experiment.budget)
    moment = time.monotonic()
    clock = Clock(seconds=seconds, now=lambda: moment, began=moment)
    return Request(experiment=experiment, written=written or {}, begun=begun, clock=clock, folder=folder)
