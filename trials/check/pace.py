"""How long candidates will take and how much memory and disk they need, measured on a few batches."""

from __future__ import annotations

import math
import os
import resource
import sys
from collections.abc import Iterable

from search_spaces.architecture import Architecture
from trials.check.findings import Findings, counted
from trials.check.memory import memory_doubt
from trials.duration import duration, each
from trials.experiment import Experiment
from trials.proxy import apply_proxy
from trials.training.equipment import (
    available_cores,
    build_seeded,
    choose_device,
    chosen_threads,
    load_split,
)
from trials.training.timing import Pace, measure_pace

LONG_RUN_S = 24 * 3600
BUSY_SHARE = 0.5  # of the cores, in use by others, from which several threads hinder each other


def candidate_seconds(architecture: Architecture, experiment: Experiment) -> float:
    """Return the seconds that the training of one candidate will take, from a few batches of it."""
    return candidate_pace(architecture, experiment).training_seconds


def candidate_pace(architecture: Architecture, experiment: Experiment) -> Pace:
    """Return how fast a candidate is trained, from a few batches of it."""
    split = load_split(experiment.data)
    small = apply_proxy(architecture, experiment.proxy)
    return measure_pace(
        build_seeded(small, split, 0, experiment.proxy.batch_norm_momentum),
        split,
        experiment.training,
        resolution=small.input_size,
        device=choose_device(experiment.compute.device),
        threads=chosen_threads(experiment.compute.threads),
    )


def check_pace(
    networks: Iterable[Architecture],
    trainings: int,
    experiment: Experiment,
    findings: Findings,
    what: str = "trainings",
) -> float:
    """Tell how long `trainings` like those of the networks will take; return the seconds. `what` they are called.

    Where the memory does not suffice nothing is trained: a warning says so, and no seconds are known (nan).
    """
    networks = list(networks)
    if (doubt := memory_doubt(networks, experiment)) is not None:
        findings.warn(f"{doubt}; nothing was timed")
        return math.nan
    seconds = [candidate_seconds(architecture, experiment) for architecture in networks]
    mean = sum(seconds) / len(seconds)
    at_once = experiment.compute.at_once
    total = mean * trainings / at_once
    findings.say(
        "time",
        f"{duration(total)} for {trainings} {what}: {each(mean)} each ({each(min(seconds))} to {each(max(seconds))}), "
        f"timed on a few batches of {counted(len(seconds), 'network')}"
        + (f", {at_once} at a time" if at_once > 1 else ""),
    )
    tell_memory(findings)
    if total > LONG_RUN_S:
        findings.warn(f"this will take {duration(total)}: fewer trials, fewer training images, or a GPU")
    return total


def warn_of_load(experiment: Experiment, findings: Findings, *, shared: bool = False) -> None:
    """Warn where the cores had so much work in the last minute that times told now are too long.

    One thread waits for its turn where there is more work than cores; several threads of torch hinder each other
    sooner, and much more. `shared` weights are trained by processes of one thread each.
    """
    load, cores = os.getloadavg()[0], available_cores()
    threads = 1 if shared else chosen_threads(experiment.compute.threads)
    if load <= (BUSY_SHARE if threads > 1 else 1) * cores:
        return
    advice = (
        f": beside other programs {threads} threads become many times slower, and so the times told here are too long; "
        "`--set compute.threads=1` suffers least"
    )
    told = advice if threads > 1 else ": the times told here are too long"
    findings.warn(f"the machine was busy in the last minute (load {load:.1f} on {cores} cores){told}")


def tell_memory(findings: Findings) -> None:
    """Tell the most memory that was used up to now."""
    findings.facts["memory"] = [f"{peak_memory() / 2**30:.1f} GB at the most while this was timed"]


def peak_memory() -> int:
    """Return the most memory that this process has used, in bytes."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else 1024 * peak
