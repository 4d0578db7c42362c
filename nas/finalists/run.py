"""Finalists chosen from a search and trained alone, in a study of their own. Restartable. No torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import optuna

from nas.config import NasExperiment
from nas.finalists.ranking import Beside, Finalist, Ranking, ranked
from search_spaces.architecture import Architecture
from search_spaces.architecture_file import architecture_mapping
from search_spaces.cost import Cost
from search_spaces.search_space import SearchSpace
from trials.accounting import reward_of, trained_alone
from trials.engines import as_evaluated
from trials.objectives import make_objective
from trials.proxy import apply_proxy
from trials.session import NETWORK, Session
from trials.study.candidate import Candidate
from trials.study.plan import Planned
from trials.study.report import trials_table
from trials.study.settings import decisive_settings

if TYPE_CHECKING:
    import pandas as pd

MOST_SEEDS = 3
SHOWN, REPEAT = "shown", "repeat"
Trained = TypeVar("Trained", Finalist, Beside)


def choose_finalists(
    candidates: pd.DataFrame, study: optuna.Study, space: SearchSpace, experiment: NasExperiment, judged_by: str
) -> list[Finalist]:
    """Return the first candidates (best first) that are different networks, and different as trained.

    `judged_by` is the column of what the search thinks of them.
    """
    trials = study.get_trials(deepcopy=False)
    chosen: dict[str, Finalist] = {}
    for number, value in zip(candidates["number"], candidates[judged_by], strict=True):
        if len(chosen) == experiment.nas.finalists:
            break
        network = space.decode(trials[int(number)].params)
        finalist = Finalist(trial=int(number), architecture=network, searched=float(value))
        chosen.setdefault(apply_proxy(network, experiment.proxy).key, finalist)
    return list(chosen.values())


def train_finalists(
    session: Session,
    experiment: NasExperiment,
    finalists: Sequence[Finalist],
    references: Sequence[Beside],
    cost_of: Callable[[Architecture], Cost],
) -> tuple[Ranking, pd.DataFrame]:
    """Train finalists alone until one is told apart from all others or each has three seeds, or time is over.

    The published networks among `references` are trained beside them, the first after the first finalist, so that the
    comparison stands however little time there is. Returns their order and the trials.

    Each round sees what the rounds before it said: a run that was ended in the middle goes on as if it was not.
    """
    alone = trained_alone(experiment)
    evaluate = make_objective(as_evaluated(alone), session.folder / "checkpoints")
    session = replace(session, experiment=alone, evaluate=evaluate)
    study = session.open_study("finalists", settings=decisive_settings(alone, "reward"))
    for repeat in range(MOST_SEEDS):
        if repeat and ranking_of(finalists, references, finalist_trials(study), repeat).is_settled:
            break
        deadline = session.deadline("finalists")
        ledger = session.planned_ledger(
            study,
            planned_round(finalists, references, repeat),
            value_of=reward_of(alone),
            cost_of=cost_of,
            expected=True,  # the search's own order is left where all of them fail
            deadline=deadline,
        )
        session.run(ledger, f"finalists, seed {repeat + 1}", _shown_name, judgement="reward")
        if ledger.out_of_time:
            break
    table = finalist_trials(study)
    ranking = ranking_of(finalists, references, table, MOST_SEEDS)
    return ranking, placed(table, ranking)


def planned_round(finalists: Sequence[Finalist], references: Sequence[Beside], repeat: int) -> list[Planned]:
    """Return the trials of all networks with one further seed."""
    named = [(f"trial {one.trial}", one.architecture) for one in finalists]
    beside = [(other.name, other.architecture) for other in references]
    return [planned(name, network, repeat) for name, network in (*named[:1], *beside, *named[1:])]


def planned(name: str, network: Architecture, repeat: int) -> Planned:
    """Return the trial of one network and seed; it carries its network with it."""
    labels = {NETWORK: architecture_mapping(network), SHOWN: name, REPEAT: repeat}
    return Planned(name=f"{network.key} repeat {repeat}", labels=labels)


def ranking_of(
    finalists: Sequence[Finalist], references: Sequence[Beside], table: pd.DataFrame, repeats: int
) -> Ranking:
    """Return the order of finalists by their first `repeats` trainings that ended well."""
    return ranked(with_trainings(finalists, table, repeats), with_trainings(references, table, repeats))


def finalist_trials(study: optuna.Study) -> pd.DataFrame:
    """Return the trainings of finalists as a table, with `repeat` in front."""
    table = trials_table(study)
    table.insert(0, "repeat", [trial.user_attrs[REPEAT] for trial in study.get_trials(deepcopy=False)])
    return table


def with_trainings(networks: Sequence[Trained], table: pd.DataFrame, repeats: int) -> list[Trained]:
    """Return networks with the rewards and accuracies of their first `repeats` trainings that ended well."""
    done = table[(table["state"] == "complete") & (table["repeat"] < repeats)]
    rows = [done[done["key"] == one.architecture.key] for one in networks]
    return [
        replace(one, rewards=tuple(map(float, own["value"])), accuracies=tuple(map(float, own["val_accuracy"])))
        for one, own in zip(networks, rows, strict=True)
    ]


def placed(table: pd.DataFrame, ranking: Ranking) -> pd.DataFrame:
    """Return the trainings with `place` (from 1), the search's `trial` and the `name` of a published network in front.

    Place and trial are empty for what is published alone, and so is the name for a finalist alone.
    """
    places = {one.architecture.key: place for place, one in enumerate(ranking.order, 1)}
    trials = {one.architecture.key: one.trial for one in ranking.order}
    names = {other.architecture.key: other.name for other in ranking.references}
    table = table[table["key"].isin({**places, **names})]
    table.insert(0, "place", table["key"].map(places).astype("Int64"))
    table.insert(1, "trial", table["key"].map(trials).astype("Int64"))
    table.insert(2, "name", table["key"].map(names))
    return table.sort_values(["place", "name", "repeat"]).reset_index(drop=True)


def _shown_name(candidate: Candidate) -> str:
    return f"{candidate.labels[SHOWN]}, seed {candidate.labels[REPEAT] + 1}"
