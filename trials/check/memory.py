"""How much memory a training takes by its network and its batches, beside what is free. Torch for trainings alone."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from trials.experiment import Experiment
from trials.proxy import apply_proxy

FLOATS_KEPT = 5.0  # for each output of a convolution: itself, normalized, activated, gradients; 3.2 to 5.4 measured
FLOAT_BYTES = 4
SMALLEST_BATCH = 8
MEMORY_INFO = Path("/proc/meminfo")


def memory_doubt(networks: Iterable[Architecture], experiment: Experiment) -> str | None:
    """Return that a training on the CPU takes more memory than is free, and which batches do not; None where it fits.

    None too where nobody knows what is free, and where nothing is trained.
    """
    free = free_memory()
    if free is None or not experiment.objective.uses_torch or experiment.objective.name == "zero-cost":
        return None
    from trials.training.equipment import choose_device

    if choose_device(experiment.compute.device).type != "cpu":
        return None
    batch, at_once = experiment.training.batch_size, experiment.compute.at_once
    image = at_once * max(image_bytes(apply_proxy(network, experiment.proxy), experiment) for network in networks)
    if image * batch <= free:
        return None
    fitting = batch
    while fitting > SMALLEST_BATCH and image * fitting > free / 2:
        fitting //= 2
    return (
        f"memory: a training in batches of {batch} takes about {image * batch / 2**30:.0f} GB, and "
        f"{free / 2**30:.0f} GB are free: it is likely to be killed; batches of {fitting} take "
        f"{image * fitting / 2**30:.1f} GB (training.batch_size: {fitting})"
    )


def image_bytes(proxy: Architecture, experiment: Experiment) -> float:
    """Return the bytes that a training of a network keeps for each image of a batch."""
    return FLOAT_BYTES * FLOATS_KEPT * estimate_cost(proxy, *experiment.cost.task).activations


def free_memory() -> float | None:
    """Return the bytes that programs may still take, as Linux tells them; None elsewhere."""
    try:
        lines = MEMORY_INFO.read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):
        return None
    found = dict(line.split(":", 1) for line in lines if ":" in line).get("MemAvailable", "")
    amount = found.split()[:1]
    return 1024.0 * int(amount[0]) if amount and amount[0].isdecimal() else None
