"""Networks that are known beforehand, each evaluated with several seeds: their plan and their table. No torch."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import optuna

from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping
from trials.session import NETWORK
from trials.study.candidate import Candidate
from trials.study.plan import Planned
from trials.study.report import trials_table

if TYPE_CHECKING:
    import pandas as pd

SHOWN, REPEAT = "shown", "repeat"


def plan_repeats(networks: Mapping[str, Architecture], seeds: int) -> list[Planned]:
    """Return a trial for every network and repeat, the networks taking turns; each carries its network with it."""
    return [
        Planned(
            name=f"{network.key} repeat {repeat}",
            labels={NETWORK: architecture_mapping(network), SHOWN: name, REPEAT: repeat},
        )
        for repeat in range(seeds)
        for name, network in networks.items()
    ]


def repeats_table(study: optuna.Study, networks: Mapping[str, Architecture], seeds: int) -> pd.DataFrame:
    """Return the trials of these networks and the first `seeds` repeats, with `network` and `repeat` in front."""
    table = trials_table(study)
    names = {network.key: name for name, network in networks.items()}
    repeats = [trial.user_attrs[REPEAT] for trial in study.get_trials(deepcopy=False)]
    table.insert(0, "network", table["key"].map(names))
    table.insert(1, "repeat", repeats)
    return table[table["network"].notna() & (table["repeat"] < seeds)].reset_index(drop=True)


def shown_repeat(candidate: Candidate) -> str:
    """Return the name of a planned repeat for the screen."""
    return f"{candidate.labels[SHOWN]} repeat {candidate.labels[REPEAT] + 1}"
