"""The network that a law holds best within several limits at once: multiply-adds, and parameters or activations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from grid_search.compound_scaling import Multipliers, Scaled, scale_checked
from grid_search.cost_function import cost_function
from grid_search.family.finished_law import FinishedLaw
from grid_search.family.members import Target, parse_target
from grid_search.family.regularization import ramp_dropout
from grid_search.grid.config import GridConfig
from grid_search.law_search.pool import networks_between
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput

VALUES = 48  # of each multiplier
LOWEST = 0.01  # baselines
USED = 0.6  # of the multiply-adds: what uses less of them is not looked at
CHUNK = 512  # networks asked at once
METHOD = "scaling-law"


def families_within(law: FinishedLaw, limits: Mapping[str, tuple[str | float, ...]]) -> list[Scaled]:
    """Return a network for each place of the lists of `limits`, `flops` and others, as people write costs.

    Raises InvalidInput where the lists are not of one length, and for limits that no network keeps.
    """
    lengths = {name: len(entries) for name, entries in limits.items()}
    if len(set(lengths.values())) > 1:
        other = next(name for name in limits if name != "flops")
        accepted = f"one for each of --flops ({lengths['flops']})"
        raise InvalidInput(f"--{other}", ",".join(map(str, limits[other])), accepted)
    return [
        network_within(law, dict(zip(limits, entries, strict=True))) for entries in zip(*limits.values(), strict=True)
    ]


def network_within(law: FinishedLaw, limits: Mapping[str, str | float]) -> Scaled:
    """Return the network of the greatest mean accuracy by the law that is within all limits.

    Limits are counts (`400M`) or multiples of the baseline's (`2x`). `method` of what is returned tells what the law
    foretells of it. Raises InvalidInput where no network of the law's baseline is within them.
    """
    baseline, task = law.rule.baseline, law.rule.task
    units = {name: cost_function(name, task)(baseline) for name in limits}
    targets = {name: parse_target(f"--{name}", limit, units[name]) for name, limit in limits.items()}
    ratios = {name: target.cost / units[name] for name, target in targets.items()}
    flops = ratios.pop("flops")
    config = GridConfig(rounding=law.rule.rounding, constraint="measured")
    tightest = min(1.0, *ratios.values())
    # for another limit the width may shrink to half of it, and what that saves may go into the other axes
    reach = (max(LOWEST, min(USED * flops, (tightest / 2) ** 2)), flops / max(LOWEST, tightest))
    costs = (USED * flops, flops)
    found = networks_between(baseline, config, task, costs, VALUES, reach=reach, within=ratios)
    if not len(found.ratios):
        written = ", ".join(f"{name} {target.label}" for name, target in targets.items())
        accepted = f"limits that a network of {baseline.name} keeps, with at least {USED:.0%} of --flops used"
        raise InvalidInput("--flops", written, accepted)
    chunks = np.array_split(found.sizes, -(-len(found.sizes) // CHUNK))
    best = int(np.argmax(np.concatenate([law.draw(chunk).mean(axis=0) for chunk in chunks])))
    multipliers = Multipliers(*found.multipliers[best].tolist())
    network = scale_checked(baseline, multipliers, law.rule.rounding)
    label = "-".join(target.label + ("" if name == "flops" else name) for name, target in targets.items())
    made = Scaled(
        architecture=replace(network, name=f"{baseline.name}-{label}"),
        baseline=baseline,
        multipliers=multipliers,
        rounding=law.rule.rounding,
        target=targets["flops"].cost,
        method=f"{METHOD}, {_told(law, network, targets)}",
    )
    return replace(made, architecture=ramp_dropout(made.architecture, made.measured_ratio(task)))


def _told(law: FinishedLaw, network: Architecture, targets: Mapping[str, Target]) -> str:
    """Say which limits were kept and what the law foretells."""
    limits = " and ".join(f"{name} {target.label}" for name, target in targets.items())
    foretold = law.foretell(network)
    if foretold is None:
        return f"best within {limits}"
    beyond = cost_function("flops", law.rule.task)
    extrapolated = beyond(network) / beyond(law.rule.baseline) > law.dearest
    return (
        f"best within {limits}: val_accuracy {foretold.accuracy:.4f}, 90 % {foretold.low:.4f} to {foretold.high:.4f}"
        f"{', extrapolated' if extrapolated else ''}"
    )
