"""How long `nas qa` trains each network where `training.budget` says it in seconds. No torch without a budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from nas.config import NasExperiment
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from trials.accounting import cost_counter
from trials.budget.begun import begun_study
from trials.budget.pacing import Plan
from trials.budget.sampling import TIMED
from trials.budget.standing import BUDGET, with_length
from trials.budget.words import doubts
from trials.budget.written import candidate_seconds


def plan_length(
    experiment: NasExperiment, written: Mapping[str, Any], networks: Callable[[], Sequence[Architecture]], folder: Path
) -> Plan[NasExperiment]:
    """Return the experiment with trainings as long as its `training.budget`, by a pace that is measured now.

    `networks` are asked for where there is such a budget. `folder` is that of the study; one that was begun goes on
    with its length. Raises InvalidInput for a budget of what is not trained here, and for a share of nothing.
    """
    seconds = candidate_seconds(experiment.training.budget, None)
    if seconds is None:
        return Plan(experiment=experiment)
    if not experiment.objective.uses_torch or experiment.objective.name != "train":
        accepted = "nothing with this objective: networks are not trained one by one here"
        raise InvalidInput(BUDGET, experiment.training.budget, accepted)
    from trials.budget.measuring import images_of
    from trials.budget.pictures import afforded

    images = images_of(experiment)
    begun = begun_study(folder, f"{experiment.name}/{folder.name}", experiment.nas.storage)
    timed = timed_networks(experiment, networks())
    found = afforded(experiment, written, begun, images, timed, lambda _pace: seconds)
    line = f"networks are {found.told}"
    planned = with_length(found.experiment, found.length, images.most)
    return Plan(experiment=planned, lines=(line,), warnings=doubts(found.length, images.default))


def timed_networks(experiment: NasExperiment, networks: Sequence[Architecture]) -> list[Architecture]:
    """Return some of the networks: of little, middle and large cost."""
    cost = cost_counter(experiment)
    by_cost = sorted(networks, key=lambda network: cost(network).flops)
    return [by_cost[len(by_cost) * (2 * part + 1) // (2 * TIMED)] for part in range(TIMED)]
