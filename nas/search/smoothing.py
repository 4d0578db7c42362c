"""What a linear model of all candidates says of each, where single values are not to be believed. No torch.

Shared weights judge single networks with luck of their own, so the highest of many values is the luckiest. What is
common to many networks is judged better; see docs/experiments.md.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nas.config import NasExperiment
from nas.samplers.linear.model import MODELLED, SMOOTHED, fit_rewards
from nas.search.references import reference_network
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from trials.resolving import as_deployed

if TYPE_CHECKING:
    import optuna
    import pandas as pd
    from optuna.trial import FrozenTrial

    from nas.samplers.linear.model import RewardModel


def smoothed(
    candidates: pd.DataFrame,
    references: pd.DataFrame,
    studies: tuple[optuna.Study, optuna.Study],
    space: SearchSpace,
    experiment: NasExperiment,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return both tables with the reward `smoothed` of each network that was judged, where that is what decides.

    The model is fitted to the candidates; a published network outside of the space has no smoothed reward.
    """
    done = candidates[candidates["state"] == "complete"]
    if experiment.objective.name not in MODELLED or done.empty:
        return candidates, references
    trials, published = (study.get_trials(deepcopy=False) for study in studies)
    networks = [trials[int(number)].params for number in done["number"]]
    model = fit_rewards(space, networks, [float(value) for value in done["value"]])
    if model is None:
        return candidates, references
    beside = [_parameters(trial, space, experiment) for trial in published]
    return _with(candidates, [trial.params for trial in trials], model), _with(references, beside, model)


def deciding(candidates: pd.DataFrame) -> str:
    """Return the column by which candidates are ordered: `smoothed` where there is one, else `value`."""
    return SMOOTHED if SMOOTHED in candidates else "value"


def by_model(judged: int) -> str:
    """Say by what the best of so many candidates was chosen."""
    return f"chosen by a linear model of all {judged:,} candidates, which leaves out the luck of single networks"


def chosen(candidates: pd.DataFrame, best: Mapping[str, Any]) -> str:
    """Say by what the best candidate was chosen, and which one was given most."""
    done = candidates[candidates["state"] == "complete"]
    most = done.loc[done["value"].idxmax()]
    told = by_model(len(done))
    if int(most["number"]) == int(best["number"]):
        return f"{told}; it has the highest reward, too"
    return f"{told}; the highest reward alone has trial {int(most['number'])}, {most['value']:.4f}"


def _with(table: pd.DataFrame, networks: Sequence[Mapping[str, Any] | None], model: RewardModel) -> pd.DataFrame:
    """Return a table of trials with the column, beside the values; `networks` are by the number of the trial."""
    column = np.full(len(table), np.nan)
    for place, (number, state) in enumerate(zip(table["number"], table["state"], strict=True)):
        network = networks[int(number)]
        if state == "complete" and network is not None:
            column[place] = model(network)
    wider = table.copy()
    wider.insert(list(wider.columns).index("value") + 1, SMOOTHED, column)
    return wider


def _parameters(trial: FrozenTrial, space: SearchSpace, experiment: NasExperiment) -> Mapping[str, Any] | None:
    try:
        return space.encode(as_deployed(reference_network(trial.user_attrs), experiment))
    except InvalidInput:
        return None
