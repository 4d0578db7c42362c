"""The sources of an experiment: which there are, what they need, and the sampler that learns from them. No torch."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from nas.config import NasExperiment
from nas.samplers import SAMPLERS
from nas.samplers.predictor.sources import Source, Table
from nas.sources.earlier import earlier_tables
from nas.sources.scored import SAMPLED, ScoredSource
from search_spaces.search_space import SearchSpace
from trials.data.content import pinned
from trials.derivation import shared_recipe
from trials.engines import as_evaluated
from trials.experiment import ObjectiveConfig
from trials.isolation.objective import Objective
from trials.objectives.shared.objective import shared
from trials.objectives.zero_cost import zero_cost

if TYPE_CHECKING:
    from optuna.samplers import BaseSampler

SCORE = "synflow"


def sources_of(experiment: NasExperiment, space: SearchSpace, folder: Path) -> list[Source]:
    """Return the sources of a search whose results go to `folder`: earlier searches first, nothing computed yet.

    Raises InvalidInput for what cannot be learned from, and for data or a space that a source cannot use.
    """
    scored = {"shared": _shared, "zero-cost": _zero_cost}
    names = experiment.nas.chosen_sources(experiment.objective)
    made = [make(experiment, space, folder) for name, make in scored.items() if name in names]
    return [*earlier_tables(experiment, space), *made]


def begin_sources(sources: Sequence[Source], tell: Callable[[str], None]) -> None:
    """Compute what is needed before the first proposal."""
    for source in sources:
        if isinstance(source, ScoredSource):
            source.begin(tell)
        else:
            tell(f"source {described(source)}")


def described(source: Source) -> str:
    """Say in a few words what a source is known for."""
    if isinstance(source, Table):
        return f"{source.name}: {len(source.values)} networks of this space"
    return f"{source.name}: {SAMPLED} random networks before the first candidate, then the most promising ones"


def sampler_of(experiment: NasExperiment, space: SearchSpace, sources: Sequence[Source]) -> BaseSampler:
    """Return the sampler of an experiment, which learns from `sources` where there are any."""
    if not sources:
        return SAMPLERS[experiment.nas.sampler](space=space, seed=experiment.seed)
    from nas.samplers.predictor.sampler import PredictorSampler

    return PredictorSampler(space=space, seed=experiment.seed, sources=sources)


def recorded_sources(sources: Sequence[Source]) -> dict[str, list[str]]:
    """Return what a study has to go on with: the sources by name, and a digest of what earlier searches say."""
    if not sources:
        return {}
    return {"sources": [_digest(source) if isinstance(source, Table) else source.name for source in sources]}


def _digest(table: Table) -> str:
    content = table.points.astype("<i8").tobytes() + table.values.astype("<f8").tobytes()
    return f"{len(table.values)} networks, sha256 {hashlib.sha256(content).hexdigest()[:16]}"


def _zero_cost(experiment: NasExperiment, space: SearchSpace, folder: Path) -> ScoredSource:
    evaluated = as_evaluated(experiment)
    objective = zero_cost(replace(evaluated, data=pinned(evaluated.data)), SCORE)
    return _scored("zero-cost", objective, ("score", 1.0), experiment, space, folder)


def _shared(experiment: NasExperiment, space: SearchSpace, folder: Path) -> ScoredSource:
    from trials.data.facts import data_facts

    data = experiment.data
    facts = data_facts(data.name, Path(data.folder))
    recipe = shared_recipe(facts, data.train_images or facts.train_images)
    evaluated = as_evaluated(
        replace(
            experiment,
            objective=ObjectiveConfig(name="shared", training=recipe),
            data=pinned(data),
            reward=replace(experiment.reward, w=None),  # how much cost weighs is none of a source's business
            nas=replace(experiment.nas, sources=()),
        )
    )
    objective = shared(evaluated, folder)
    return _scored("shared", objective, ("val_loss", -1.0), experiment, space, folder)


def _scored(
    name: str,
    objective: Objective,
    measure: tuple[str, float],
    experiment: NasExperiment,
    space: SearchSpace,
    folder: Path,
) -> ScoredSource:
    """Return an objective as a source, by a metric of it and that metric's sign. Raises InvalidInput as it does."""
    objective.prepare()
    metric, sign = measure
    return ScoredSource(
        name=name,
        evaluate=objective,
        metric=metric,
        sign=sign,
        space=space,
        seed=experiment.seed,
        file=folder / "sources" / f"{name}.json",
    )
