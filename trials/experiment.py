"""One entry of experiments.yaml as a typed, strict value. No torch."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, is_dataclass
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from search_spaces.architecture import STRICT
from search_spaces.errors import InvalidInput
from search_spaces.task import Task, check_task
from trials.duration import parse_duration
from trials.proxy import Proxy
from trials.quantity import parse_quantity
from trials.reward import Reward
from trials.training_config import TrainingConfig

MEASURES = {"zero-cost": "score", "shared": "likelihood"}  # by objective; all others measure accuracies


@dataclass(frozen=True, kw_only=True, slots=True)
class DataConfig:
    """Which images: a data set's name, how many to train and validate on (both out of its training set).

    `seed` draws the validation images; it is apart from the study's seed, so that studies share a split.
    `resolution` (pixels, or height and width) is the size at which the images of a folder are kept, `skip_broken`
    leaves out those of them that cannot be read.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str = "fashion-mnist"
    folder: str = "data"
    train_images: int | None = None
    validation_images: int = 5000
    seed: int = 0
    resolution: int | tuple[int, int] | None = None
    skip_broken: bool = False

    @property
    def size(self) -> tuple[int, int] | None:
        """The (height, width) at which a folder's images are kept; None: their own."""
        return (self.resolution, self.resolution) if isinstance(self.resolution, int) else self.resolution


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectiveConfig:
    """What says how accurate a candidate is: `name: train` trains its proxy.

    `python: package.module:callable` asks a user's own function, called with an Architecture and a seed. It runs that
    code by design; an experiment file is the only place such a name is read from.
    `benchmark: accel-nasbench` asks the published table at `path`: `mode: surrogate` (the default) answers for every
    network of its space, `mode: table` for measured ones only.
    `name: zero-cost` trains nothing: the study's value is the `score` of the untrained proxy. A score is no accuracy,
    so no reward is made of it and cost; `limits` bound the cost, as arXiv:2102.01063 does.
    `name: shared` trains one network that holds all of the space and judges candidates with its weights; `training`
    is what that training does differently from the experiment's, which is one of a network alone. `weights` names such
    a file of another search, and nothing is trained. With `search: while-training` a policy learns on the way which
    networks to train (TuNAS), and the candidates are those that it proposes in the end; `afterwards` a sampler searches
    with the trained weights.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: Literal["train", "zero-cost", "shared"] = "train"
    python: str | None = None
    benchmark: str | None = None
    path: str | None = None
    mode: Literal["surrogate", "table"] | None = None
    score: Literal["synflow", "naswot", "grad_norm", "zen"] | None = None
    weights: str | None = None
    search: Literal["afterwards", "while-training"] = "afterwards"
    training: dict[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if self.name != "train" and (self.python or self.benchmark):
            raise InvalidInput("name", self.name, "nothing beside python or benchmark")
        if self.score is not None and self.name != "zero-cost":
            raise InvalidInput("score", self.score, "nothing without name: zero-cost")
        if self.name != "shared":
            for name, unset in (("weights", None), ("search", "afterwards"), ("training", {})):
                if getattr(self, name) != unset:
                    raise InvalidInput(name, getattr(self, name), "nothing without name: shared")
        if self.searches_while_training and self.weights is not None:
            raise InvalidInput("weights", self.weights, "nothing beside search: while-training")
        if self.benchmark is not None and self.python is not None:
            raise InvalidInput("benchmark", self.benchmark, "either a benchmark or python, not both")
        for name in ("path", "mode"):
            if self.benchmark is None and getattr(self, name) is not None:
                raise InvalidInput(name, getattr(self, name), "nothing without objective.benchmark")

    @property
    def measure(self) -> str:
        """The metric that says how good a network is: `val_accuracy`, an untrained one's `score`, or `likelihood`.

        The last is exp(-loss) with shared weights, between 0 and 1 as an accuracy is.
        """
        return MEASURES.get(self.name, "val_accuracy")

    @property
    def searches_while_training(self) -> bool:
        """Whether a policy learns which networks are good while the shared weights are trained."""
        return self.search == "while-training"

    @property
    def uses_torch(self) -> bool:
        """Whether networks are trained or scored here, rather than by a function of the user's or a table."""
        return self.python is None and self.benchmark is None


@dataclass(frozen=True, kw_only=True, slots=True)
class CostConfig:
    """What the cost of a candidate is counted on: the network itself (`full`) or its `proxy`.

    `num_classes` and `in_channels` are those of the network that will be deployed; by default those of the data.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    network: Literal["full", "proxy"] = "full"
    num_classes: int = 1000
    in_channels: int = 3

    def __post_init__(self) -> None:
        check_task(self.num_classes, self.in_channels)

    @property
    def task(self) -> Task:
        """What the deployed network is given and what it answers."""
        return Task(num_classes=self.num_classes, in_channels=self.in_channels)


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """Hard budgets, checked before anything is trained. None: no limit.

    Multiply-adds and parameters are counted; `max_latency_ms` is measured on this machine, for what keeps the others.
    `max_seconds` is what the evaluation of one candidate may take, however it is evaluated but with `engine: inline`;
    without it an objective of the user's has ten times as long as the slowest before, and ten minutes at least.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    max_flops: int | float | str | None = None
    max_params: int | float | str | None = None
    max_latency_ms: int | float | str | None = None
    max_seconds: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    def __post_init__(self) -> None:
        for name in ("max_flops", "max_params", "max_latency_ms"):
            if (stated := getattr(self, name)) is not None:
                limit = parse_quantity(name, stated)
                if limit < 1 and name != "max_latency_ms":
                    raise InvalidInput(name, stated, "a count of at least 1, such as 400000000, 400M or 1.6G")
                object.__setattr__(self, name, limit)


@dataclass(frozen=True, kw_only=True, slots=True)
class Compute:
    """Where trainings run, and how many at a time; none of it decides what a trial is worth, but for `threads`.

    `threads` None: all cores of this process; in a worker of Ray, the whole CPUs of its share. `engine` None: `ray`
    where `concurrency` is above 1 or an `address` is given, else `local`, one candidate at a time; `inline` is `local`
    with objectives of the user's in this process too, for a debugger. `concurrency` None: as many as there are
    resources for. `resources` is what each trial gets, such as {CPU: 1, GPU: 0.25}; None: its threads, and a share of
    the GPUs. `log_to` tells trials to TensorBoard (event files in the folder of the results) or to MLflow (the server
    of MLFLOW_TRACKING_URI, else `mlflow.db` there) as they end.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    device: Literal["auto", "cpu", "cuda"] = "auto"
    threads: Annotated[int, Field(ge=1)] | None = None
    engine: Literal["local", "inline", "ray"] | None = None
    concurrency: Annotated[int, Field(ge=1)] | None = None
    resources: dict[str, float] | None = None
    address: str | None = None
    log_to: tuple[Literal["tensorboard", "mlflow"], ...] = ()

    def __post_init__(self) -> None:
        for name, amount in (self.resources or {}).items():
            if not 0 < amount < math.inf:
                raise InvalidInput(f"resources.{name}", amount, "a number above 0")
        if self.resources is not None and not self.resources:
            raise InvalidInput("resources", self.resources, 'what each trial gets, such as {"CPU": 1, "GPU": 0.25}')
        if self.engine in ("local", "inline") and self._wants_ray:
            key, value = ("address", self.address) if self.address else ("concurrency", self.concurrency)
            raise InvalidInput(key, value, "one trial at a time in this process, or engine: ray")

    @property
    def chosen_engine(self) -> Literal["local", "inline", "ray"]:
        """The engine that was named, or that the other settings call for."""
        return self.engine or ("ray" if self._wants_ray else "local")

    @property
    def at_once(self) -> int:
        """How many candidates are evaluated at a time, as far as that is written."""
        return (self.concurrency or 1) if self.chosen_engine == "ray" else 1

    @property
    def worker_threads(self) -> int:
        """The number of threads of one worker of Ray."""
        return self.threads or max(1, int((self.resources or {}).get("CPU", 1)))

    @property
    def _wants_ray(self) -> bool:
        return self.address is not None or (self.concurrency or 1) > 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Experiment:
    """Everything both stages need to know, and the `name` of the entry it was read from.

    It describes the network that will be *deployed*: `resolution` is its input's (pixels, or height and width; None:
    the space's). `budget` (seconds, or text such as 1h) is what `nas run` or `scale search` may take; lengths and
    numbers that are not written follow from it. `nas` and `scale` are mappings here: the stage that a section belongs
    to reads it as a typed one, by a kind of experiment of its own. Equal settings give equal trials: `seed` and a
    trial's number decide all randomness.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = STRICT
    name: str = "unnamed"
    description: str = ""
    seed: int = 0
    space: str = "efficientnet"
    resolution: int | tuple[int, int] | None = None
    objective: ObjectiveConfig = field(default_factory=ObjectiveConfig)
    data: DataConfig = field(default_factory=DataConfig)
    proxy: Proxy = field(default_factory=Proxy)
    training: TrainingConfig = field(default_factory=TrainingConfig)
    cost: CostConfig = field(default_factory=CostConfig)
    reward: Reward = field(default_factory=Reward)
    limits: Limits = field(default_factory=Limits)
    compute: Compute = field(default_factory=Compute)
    budget: int | float | str | None = None
    nas: object = field(default_factory=dict)
    scale: object = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not 0 <= self.seed < 2**63:
            raise InvalidInput("seed", self.seed, "an integer from 0 to 2^63 - 1")
        if self.budget is not None:
            object.__setattr__(self, "budget", parse_duration("budget", self.budget))
        for section in ("nas", "scale"):
            value = getattr(self, section)
            if not (isinstance(value, Mapping) or is_dataclass(value)):
                raise InvalidInput(section, value, "a mapping of settings")
