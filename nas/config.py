"""The `nas` section of an experiment. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from search_spaces.exchange.source import check_source
from search_spaces.validation import validated
from trials.derivation import TRAINED_POLICY
from trials.experiment import Experiment, ObjectiveConfig
from trials.experiment_file import DEFAULT_FILE
from trials.resolving import complete_experiment
from trials.reward import COUNTED, EQUAL_SPREAD
from trials.training_config import TrainingConfig

SourceName = Literal["zero-cost", "shared"]
FULL_TRAINING_FACTOR = 10  # epochs of a full training for each of the proxy's, where none are given


@dataclass(frozen=True, kw_only=True, slots=True)
class NasConfig:
    """How stage 1 searches: the sampler, the number of candidates to evaluate, the networks beside them.

    `references` are published networks, files or timm:MODEL.
    `pruner` stops trainings early by the reward after each epoch: none, curves, halving, hyperband or median. `curves`
    lets the first eight run to their end and stops what, by their curves, will not be the best. Where accuracy
    and cost are two objectives, `halving` is the rung rule within bands of cost.
    `batch` candidates are proposed together and recorded in their order, so that the search does not depend on how many
    are evaluated at a time; None: each proposal knows all that has ended.
    `finalists` best networks are trained alone after the search, over several seeds; theirs is the last word.
    `sources` tell the sampler `predictor` more of networks than features do: `zero-cost` scores, `shared` weights,
    `auto`: those that cost far less than an evaluation. `learn_from` are earlier searches (their folders of results)
    and CSV files of known networks, as further sources. How far each is right is learned on the way.
    `storage` is an Optuna storage URL; None keeps a journal file among the results. `full_training` is what
    `nas train` does differently from `training`: see FullTraining.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    sampler: str = "evolution"
    trials: Annotated[int, Field(ge=1, le=10_000_000)] = 100
    references: tuple[str, ...] = ("efficientnet-b0",)
    pruner: str = "none"
    batch: Annotated[int, Field(ge=1, le=10_000)] | None = None
    finalists: Annotated[int, Field(ge=0, le=1_000)] = 0
    sources: Literal["auto"] | tuple[SourceName, ...] = ()
    learn_from: tuple[str, ...] = ()
    storage: str | None = None
    full_training: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        from nas.samplers import PARETO, SAMPLERS

        if self.sampler not in SAMPLERS and self.sampler != TRAINED_POLICY:
            raise InvalidInput("sampler", self.sampler, SAMPLERS)
        if self.sampler in PARETO and self.pruner not in ("none", "halving"):
            accepted = f"none or halving beside {self.sampler}: the others compare one objective only"
            raise InvalidInput("pruner", self.pruner, accepted)
        if self.batch is not None and self.pruner != "none":
            accepted = "none beside a batch: what a pruner stops depends on what is evaluated at the same time"
            raise InvalidInput("pruner", self.pruner, accepted)
        for name in ("sources", "learn_from"):
            if getattr(self, name) and self.sampler != "predictor":
                raise InvalidInput(name, getattr(self, name), f"nothing beside {self.sampler}: only predictor learns")
        for index, source in enumerate(self.references):
            check_source(f"references.{index}", source)

    def chosen_sources(self, objective: ObjectiveConfig) -> tuple[SourceName, ...]:
        """Return the sources in use; of `auto` those far cheaper than an evaluation: scores, where it is a training."""
        if self.sources != "auto":
            return self.sources
        return ("zero-cost",) if objective.uses_torch and objective.name == "train" else ()


@dataclass(frozen=True, kw_only=True, slots=True)
class FullTraining(TrainingConfig):
    """How `nas train` trains. `train_images` None: all images that the validation part leaves."""

    train_images: int | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class NasExperiment(Experiment):
    """An experiment whose `nas` section is understood: what stage 1 works with."""

    nas: NasConfig = field(default_factory=NasConfig)

    def __post_init__(self) -> None:
        Experiment.__post_init__(self)
        if self.nas.finalists and not self.objective.uses_torch:
            accepted = "0 with objective.python or objective.benchmark: networks are not trained here"
            raise InvalidInput("nas.finalists", self.nas.finalists, accepted)
        self._check_sources()

    def _check_sources(self) -> None:
        named = self.nas.chosen_sources(self.objective)
        if named and not self.objective.uses_torch:
            accepted = "auto or none with objective.python or objective.benchmark: there are no images here"
            raise InvalidInput("nas.sources", list(named), accepted)
        if self.objective.name in named:
            accepted = f"another source than what is searched by: objective.name is {self.objective.name}"
            raise InvalidInput("nas.sources", list(named), accepted)
        if "shared" in named and self.budget is not None:
            accepted = "zero-cost beside a budget: the time that shared weights are trained for is not planned here"
            raise InvalidInput("nas.sources", list(named), accepted)


def load_nas_experiment(name: str, file: Path = DEFAULT_FILE, overrides: Iterable[str] = ()) -> NasExperiment:
    """Read one entry of an experiments file as stage 1 understands it, completed by what follows from its data.

    Raises InvalidInput as `load_experiment` does, and for what is wrong in the section `nas`.
    """
    return complete_experiment(NasExperiment, name, file, overrides)


def require_search(experiment: NasExperiment) -> None:
    """Raise InvalidInput where the experiment cannot be searched: for what does not go with a search while training."""
    sampler, reward = experiment.nas.sampler, experiment.reward
    if not experiment.objective.searches_while_training:
        if sampler == TRAINED_POLICY:
            raise InvalidInput("nas.sampler", sampler, "another one without objective.search: while-training")
        return
    beside = "with objective.search: while-training"
    if sampler != TRAINED_POLICY:
        raise InvalidInput(
            "nas.sampler", sampler, f"{TRAINED_POLICY}, or nothing, {beside}: it proposes the candidates"
        )
    if experiment.compute.chosen_engine == "ray":
        raise InvalidInput("compute.engine", "ray", f"local {beside}: one training is all there is to do")
    if reward.w == EQUAL_SPREAD:
        raise InvalidInput("reward.w", reward.w, f"a number {beside}: it could be measured after the training alone")
    if reward.cost not in COUNTED:
        raise InvalidInput("reward.cost", reward.cost, f"one of {', '.join(COUNTED)} {beside}: known at every step")


def full_training(experiment: NasExperiment) -> FullTraining:
    """Return the experiment's `training` with what `nas.full_training` says differently.

    Epochs that it does not say are 10 times those of `training`.
    Raises InvalidInput for what `nas.full_training` must not say.
    """
    if "budget" in experiment.nas.full_training:
        raise InvalidInput("nas.full_training", "budget", "epochs: how long a network to be deployed is trained")
    short = asdict(replace(experiment.training, budget=None))
    longer = {**short, "epochs": FULL_TRAINING_FACTOR * short["epochs"], **experiment.nas.full_training}
    return validated(FullTraining, longer, f"{experiment.name}.nas.full_training")
