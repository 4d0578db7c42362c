"""How long a search with shared weights will take: one training, then a score of each candidate."""

from __future__ import annotations

from collections.abc import Sequence

from search_spaces.architecture import Architecture
from trials.check.findings import Findings, counted
from trials.check.pace import tell_memory
from trials.duration import duration, each
from trials.experiment import Experiment
from trials.objectives.shared.recipe import shared_training
from trials.objectives.shared.routes import Routes
from trials.objectives.shared.spread import SPREAD_NETWORKS
from trials.objectives.shared.timing import SharedPace, measure_shared_pace
from trials.resolving import space_of
from trials.reward import EQUAL_SPREAD
from trials.training.equipment import choose_device, chosen_threads, load_split


def check_shared_pace(
    networks: Sequence[Architecture], scored: int, experiment: Experiment, findings: Findings
) -> float:
    """Tell how long the training of the shared weights and `scored` networks will take; return the seconds.

    Where the weight of cost is measured, the random networks that takes are judged too.
    """
    pace = shared_pace(networks, experiment)
    mean = sum(pace.score_seconds) / len(pace.score_seconds)
    random = SPREAD_NETWORKS * (experiment.reward.w == EQUAL_SPREAD)
    scored += random
    given = experiment.objective.weights
    training = 0.0 if given else pace.training_seconds
    total = training + mean * scored
    why = f", {random} of them random ones that tell how much cost has to weigh" if random else ""
    findings.say(
        "time",
        f"{duration(total)}, timed on a few batches of {counted(len(networks), 'network')}:",
        f"shared weights: those of {given}" if given else f"{duration(training)} to train the shared weights, once",
        f"{duration(mean * scored)} to judge {scored} networks with them, {each(mean)} each{why}",
    )
    tell_memory(findings)
    return total


def shared_pace(networks: Sequence[Architecture], experiment: Experiment) -> SharedPace:
    """Return how fast the shared weights are trained and networks judged with them, from a few batches."""
    return measure_shared_pace(
        networks,
        Routes(space=space_of(experiment), proxy=experiment.proxy),
        load_split(experiment.data),
        shared_training(experiment),
        device=choose_device(experiment.compute.device),
        threads=chosen_threads(experiment.compute.threads),
        searched=experiment if experiment.objective.searches_while_training else None,
    )
