"""What a search will do: its data, its networks, its space within the limits, its time. Nothing is written."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from nas.config import NasExperiment
from nas.finalists.run import MOST_SEEDS
from nas.search.references import split_references
from nas.sources.opening import described, sources_of
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import load_architecture
from trials.accounting import cost_counter, limit_excess, trained_alone
from trials.budget.pacing import Plan
from trials.budget.words import find_budget
from trials.check.data import check_data
from trials.check.disk import check_disk
from trials.check.findings import Findings
from trials.check.networks import check_networks
from trials.check.pace import check_pace, warn_of_load
from trials.check.screen import print_findings
from trials.check.shared_pace import check_shared_pace
from trials.experiment import Experiment
from trials.objectives.benchmark.archive import require_archive
from trials.resolving import as_deployed, space_of
from trials.study.candidate import derive_seed

SAMPLED = 2_000
TIMED = 3
RARE = 0.01
STEP, LEAST_SIDE = 8, 24  # pixels of a smaller resolution
TRIED, FAIR = 200, 0.05  # random networks at a smaller resolution, and the share of them that has to be within


def check_search(plan: Plan[NasExperiment], out: Path, console: Console) -> None:
    """Print what `nas run` will do. Raises InvalidInput for what it would refuse, after all else was told."""
    settings = plan.experiment
    findings, facts, refused = Findings(), None, None
    if settings.objective.uses_torch:
        warn_of_load(settings, findings, shared=settings.objective.name == "shared" and not settings.nas.finalists)
        facts = check_data(settings, findings)
    try:
        if settings.objective.benchmark is not None:
            require_archive(settings.objective.path)
        within = check_space(settings, findings)
        shown = (*settings.nas.references, "efficientnet-b0")[0]
        network, images = as_deployed(load_architecture(shown), settings), None if facts is None else facts.size
        check_networks(shown, network, settings, findings, images=images)
        told = [described(source) for source in sources_of(settings, space_of(settings), out / settings.name / "nas")]
        if told:
            findings.say("sources", *told)
        find_budget(findings, plan.lines, plan.warnings)
        _check_time(within[:TIMED], settings, findings)
        trials = settings.nas.trials + len(settings.nas.references)
        check_disk(settings, facts, trials, within[:TIMED], out, findings)
    except InvalidInput as mistake:
        refused = mistake
    findings.say("results", f"{out / settings.name / 'nas'}/")
    print_findings(console, findings, settings)
    if refused is not None:
        raise refused


def _check_time(networks: list[Architecture], settings: NasExperiment, findings: Findings) -> None:
    judged, left_out = split_references(settings)
    trials = settings.nas.trials + len(judged)
    if left_out:
        findings.say("networks", *left_out)
    if settings.objective.name == "shared":
        check_shared_pace(networks, trials, settings, findings)
    elif settings.objective.uses_torch and settings.objective.name == "train":
        check_pace(networks, trials, settings, findings)
    if settings.nas.finalists:
        most = (settings.nas.finalists + len(settings.nas.references)) * MOST_SEEDS
        check_pace(
            networks,
            most,
            trained_alone(settings),
            findings,
            "trainings of finalists and published networks, at the most",
        )


def check_space(experiment: Experiment, findings: Findings) -> list[Architecture]:
    """Tell the range of costs of the space and the share within the limits; return some networks within them."""
    space, count, excess = space_of(experiment), cost_counter(experiment), limit_excess(experiment.limits)
    rng = random.Random(derive_seed(experiment.seed, 0))
    drawn = [space.sample(rng) for _ in range(SAMPLED)]
    costs = [count(architecture) for architecture in drawn]
    within = [
        architecture
        for architecture, cost in zip(drawn, costs, strict=True)
        if all(over <= 0 for over in excess(cost).values())
    ]
    flops, params = sorted(cost.flops for cost in costs), sorted(cost.params for cost in costs)
    findings.say(
        "space",
        f"{space.name}: {space.size:.3g} networks, {flops[0] / 1e6:,.1f}M to {flops[-1] / 1e6:,.1f}M multiply-adds "
        f"(half of them below {flops[SAMPLED // 2] / 1e6:,.1f}M), {params[0] / 1e6:,.2f}M to "
        f"{params[-1] / 1e6:,.2f}M parameters",
        f"{len(within) / SAMPLED:.1%} of {SAMPLED:,} random networks are within the limits"
        if _stated(experiment)
        else "no limits are set",
    )
    if not within:
        cheapest = f"{flops[0] / 1e6:.4g}M multiply-adds, {params[0] / 1e6:.4g}M parameters"
        accepted = f"limits that a network keeps; the cheapest seen: {cheapest}{_smaller(experiment)}"
        raise InvalidInput("limits", _stated(experiment), accepted)
    if len(within) < RARE * SAMPLED:
        findings.warn(f"only {len(within)} of {SAMPLED:,} random networks are within the limits: the search is narrow")
    return within


def _smaller(experiment: Experiment) -> str:
    """Name the largest resolution, in steps of 8 px, at which a fair share of the space is within the limits."""
    excess = limit_excess(experiment.limits)
    side = min(space_of(experiment).skeleton.input_size)
    for resolution in range(side - side % STEP - STEP * (side % STEP == 0), LEAST_SIDE - 1, -STEP):
        smaller = replace(experiment, resolution=resolution)
        space, count = space_of(smaller), cost_counter(smaller)
        rng = random.Random(derive_seed(experiment.seed, 0))
        costs = [count(space.sample(rng)) for _ in range(TRIED)]
        if sum(all(over <= 0 for over in excess(cost).values()) for cost in costs) >= FAIR * TRIED:
            return f"; or a smaller network to deploy, such as `resolution: {resolution}`"
    return ""


def _stated(experiment: Experiment) -> dict[str, float]:
    limits = experiment.limits
    named = {"max_flops": limits.max_flops, "max_params": limits.max_params, "max_latency_ms": limits.max_latency_ms}
    return {name: float(value) for name, value in named.items() if value is not None}
