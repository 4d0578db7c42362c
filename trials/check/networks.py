"""The deployed network and the proxy that is trained in its place: pixels, width, cost. No torch."""

from __future__ import annotations

import math

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost, estimate_cost
from trials.check.findings import Findings, counted
from trials.derivation import LONGEST_PROXY_SIDE, Size
from trials.experiment import Experiment
from trials.objectives.shared.recipe import shared_training
from trials.proxy import apply_proxy


def check_networks(
    name: str, architecture: Architecture, experiment: Experiment, findings: Findings, *, images: Size | None = None
) -> None:
    """Tell what a network costs as it will be deployed, and what of it a search trains, where it trains here.

    `images` is the (height, width) of the images themselves.
    """
    deployed = estimate_cost(architecture, *experiment.cost.task)
    findings.say(
        "networks",
        f"deployed: {pixels(architecture)}, {experiment.cost.num_classes} classes; {name}: {told(deployed)}",
    )
    if experiment.objective.uses_torch:
        _check_proxy(name, architecture, experiment, findings, images)
    else:
        findings.say("training", "none: the objective knows the networks")


def _check_proxy(
    name: str, full: Architecture, experiment: Experiment, findings: Findings, images: Size | None
) -> None:
    small = apply_proxy(full, experiment.proxy)
    deployed, proxy = estimate_cost(full, *experiment.cost.task), estimate_cost(small, *experiment.cost.task)
    findings.say(
        "networks",
        f"proxy:    {pixels(small)}, {experiment.proxy.width:.0%} of the width, {_dropped(experiment)}; "
        f"{name}: {told(proxy)}, {proxy.flops / deployed.flops:.1%} of the deployed multiply-adds",
    )
    if images is not None and min(small.input_size) < min(*images, LONGEST_PROXY_SIDE):
        findings.say("networks", "it sees pictures smaller than they are, and so more of them in the same time")
    _tell_training(experiment, findings)
    seen = last_side(small)
    if seen <= 1:
        findings.warn(
            "the last stage of the proxy sees a single pixel: a search cannot tell its kernels apart (leave proxy out "
            "of the experiment, or raise proxy.drop_strides or proxy.resolution)"
        )
    if last_side(full) <= 1:
        findings.warn(
            f"at {pixels(full)} the last stage of the deployed network sees a single pixel: a larger resolution "
            "enlarges the images and lets it see more"
        )


def _tell_training(experiment: Experiment, findings: Findings) -> None:
    data, shared = experiment.data, experiment.objective.name == "shared"
    training = shared_training(experiment) if shared else experiment.training
    images = counted(data.train_images, "image") if data.train_images else "all images"
    findings.say(
        "training",
        f"{'shared weights: ' * shared}{images} x {counted(training.epochs, 'epoch')} in batches of "
        f"{training.batch_size}, judged on {counted(data.validation_images, 'validation image')}",
    )


def last_side(architecture: Architecture) -> int:
    """Return the shorter side of the last stage's feature map in pixels."""
    return stage_sides(architecture)[-1]


def stage_sides(architecture: Architecture) -> list[int]:
    """Return the shorter side of every stage's feature map in pixels."""
    stem, sides = architecture.stem, list[int]()
    side = math.ceil(math.ceil(min(architecture.input_size) / stem.stride) / stem.pool)
    for stage in architecture.stages:
        side = math.ceil(side / stage.stride)
        sides.append(side)
    return sides


def pixels(architecture: Architecture) -> str:
    """Return a network's input size in words."""
    height, width = architecture.input_size
    return f"{height} x {width} px"


def told(cost: Cost) -> str:
    """Return multiply-adds and parameters in words."""
    return f"{cost.flops / 1e6:,.1f}M multiply-adds, {cost.params / 1e6:,.2f}M parameters"


def _dropped(experiment: Experiment) -> str:
    count = experiment.proxy.drop_strides
    return f"{counted(count, 'stride')} dropped" if count else "all strides"
