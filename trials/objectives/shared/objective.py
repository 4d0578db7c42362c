"""`objective: {name: shared}`: candidates judged with the weights of one supernet. No torch until called."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path as File
from typing import TYPE_CHECKING

import filelock

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.search_space import SearchSpace
from trials.accounting import cost_counter
from trials.data.content import PinnedData
from trials.experiment import Compute, DataConfig, Experiment
from trials.objectives.shared.layout import require_shareable
from trials.objectives.shared.recipe import shared_training
from trials.objectives.shared.routes import Routes
from trials.objectives.shared.spread import FILE as SPREAD
from trials.objectives.shared.spread import equal_spread, kept_spread, random_networks
from trials.proxy import Proxy
from trials.resolving import space_of
from trials.reward import EQUAL_SPREAD, MEASURED_W
from trials.study.candidate import Candidate, Metrics, Report
from trials.training.equipment import choose_device, chosen_threads, load_split
from trials.training_config import TrainingConfig

if TYPE_CHECKING:
    from trials.objectives.shared.controller import Controller
    from trials.training.batches import Part

ARTIFACT, CHECKPOINT, POLICY = "supernet.safetensors", "supernet.pt", "policy.csv"
WEIGHTS = "objective.weights"
Tell = Callable[[str], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Shared:
    """Judge candidates with shared weights: `val_loss`, `val_accuracy` in [0, 1] and `likelihood` = exp(-val_loss).

    The loss ranks networks better than the accuracy does, and `likelihood` is what is made of it: the geometric mean
    of the probability given to the right class, a number in (0, 1] that a reward can be made of as of an accuracy.

    With a `w` of `equal-spread` in the reward, how much cost weighs is measured once, on random networks, and is the
    metric `equal_spread_w`; `spread_costs` are what the reward charges for these, nothing where it has another `w`.

    The supernet is trained once, before the first candidate, into `folder`; `weights` names one that was trained by
    another search. It judges candidates of its own space only. Where it is `searched` while it is trained, a policy
    learns from the reward of that experiment and is kept with the weights (its way there: `policy.csv`).
    """

    space: SearchSpace
    data: DataConfig
    proxy: Proxy
    training: TrainingConfig
    compute: Compute
    seed: int
    folder: File
    weights: File | None = None
    searched: Experiment | None = None
    spread_costs: tuple[float, ...] = ()

    @property
    def artifact(self) -> File:
        """The file of the trained supernet."""
        return self.weights or self.folder / ARTIFACT

    def prepare(self) -> None:
        """Say now what is wrong with the data, a space that cannot be shared or weights that do not belong to it."""
        choose_device(self.compute.device)
        load_split(self.data)
        require_shareable(self.space)
        if self.weights is not None and not self.weights.is_file():
            raise InvalidInput(WEIGHTS, str(self.weights), f"an existing file, such as the {ARTIFACT} of a search")
        if self.artifact.is_file():
            self._require_same()

    def begin(self, tell: Tell) -> None:
        """Train the supernet, or the rest of it, where that is not done; tell how far it is and the time left."""
        measured = not self.spread_costs or (self.folder / SPREAD).is_file()
        if measured and self.artifact.is_file():
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        with filelock.FileLock(self.folder / f".{ARTIFACT}.lock"):  # workers on one machine: one of them trains
            if not self.artifact.is_file():
                self._train(tell)
            if self.spread_costs:
                w = kept_spread(self.folder, self._equal_spread)
                told = f"{len(self.spread_costs)} random networks"
                tell(f"shared weights: loss and cost tell {told} apart alike with w {w:.3f} in the reward")

    def __call__(self, candidate: Candidate, _report: Report) -> Metrics:
        """Judge the candidate's path on the validation part. Raises InvalidInput for one outside of the space."""
        self.begin(_tell_nobody)
        started = time.perf_counter()
        metrics = self._judged(candidate.architecture)
        if self.spread_costs:
            metrics[MEASURED_W] = kept_spread(self.folder, self._equal_spread)
        return {**metrics, "score_seconds": time.perf_counter() - started}

    def _judged(self, network: Architecture) -> Metrics:
        from trials.objectives.shared.artifact import read_supernet
        from trials.objectives.shared.judging import judge
        from trials.objectives.shared.scoring import threads_within
        from trials.training.isolation import isolated

        device = choose_device(self.compute.device)
        with isolated(device, threads_within(device, chosen_threads(self.compute.threads))):
            supernet, routes, _ = read_supernet(self.artifact)
            supernet.to(device)
            part = _validation_part(self.data, device.type)
            return judge(supernet, routes.path(network), part, self.training.autocast)

    def _equal_spread(self) -> float:
        losses = [self._loss(network) for network in random_networks(self.space, self.seed)]
        return equal_spread(losses, self.spread_costs)

    def _loss(self, network: Architecture) -> float:
        try:
            return self._judged(network)["val_loss"]
        except ArithmeticError:
            return math.nan

    def _train(self, tell: Tell) -> None:
        from trials.objectives.shared.artifact import save_supernet
        from trials.objectives.shared.progress import told_epochs, told_policy, write_policy
        from trials.objectives.shared.training import new_supernet, train_supernet
        from trials.training.loop import Diverged

        split, routes = load_split(self.data), Routes(space=self.space, proxy=self.proxy)
        supernet = new_supernet(routes, split, self.seed)
        controller = self._controller(routes, len(split.train_labels))
        checkpoint = self.folder / "checkpoints" / CHECKPOINT
        try:
            train_supernet(
                supernet,
                routes,
                split,
                self.training,
                seed=self.seed,
                device=choose_device(self.compute.device),
                threads=chosen_threads(self.compute.threads),
                identity=self._identity(),
                on_epoch=told_epochs(self.training.epochs, tell, controller),
                checkpoint=checkpoint,
                controller=controller,
            )
        except Diverged as error:
            accepted = f"a lower one: the training of the shared weights {error}"
            raise InvalidInput("objective.training.learning_rate", self.training.learning_rate, accepted) from None
        policy = None
        if controller is not None:
            write_policy(controller.history, self.folder / POLICY)
            policy = controller.probabilities()
            tell(told_policy(controller))
        save_supernet(supernet, routes, self._identity(), self.artifact, policy)
        checkpoint.unlink(missing_ok=True)

    def _controller(self, routes: Routes, images: int) -> Controller | None:
        from trials.objectives.shared.controller import controller_over

        if self.searched is None:
            return None
        return controller_over(self.searched, routes, images, self.training, seed=self.seed)

    def _identity(self) -> dict[str, str]:
        """Return what the weights depend on, by setting."""
        data: tuple[object, ...] = (
            *(self.data.name, self.data.size, self.data.train_images, self.data.validation_images, self.data.seed),
            *([self.data.content] if isinstance(self.data, PinnedData) else []),
        )
        return {
            "space": repr((self.space.skeleton, self.space.choices, self.space.fixed)),
            "data": repr(data),
            "proxy": repr(self.proxy),
            "training": repr(self.training),
            "seed": repr(self.seed),
            **({} if self.searched is None else {"reward": repr((self.searched.reward, self.searched.cost))}),
        }

    def _require_same(self) -> None:
        """Raise InvalidInput where the weights are there and are not those that would be trained, or do not fit."""
        from trials.objectives.shared.artifact import read_supernet

        supernet, _, identity = read_supernet(self.artifact)
        split = load_split(self.data)
        if (supernet.in_channels, supernet.num_classes) != (int(split.train_images.shape[1]), split.num_classes):
            found = f"weights for {supernet.in_channels} channels and {supernet.num_classes} classes"
            raise InvalidInput(str(self.artifact), found, "those of the experiment's data")
        own = self._identity()
        binding = ("proxy",) if self.weights is not None else {**own, **identity}
        for name in binding:
            if identity.get(name) != own.get(name):
                accepted = f"weights trained with the experiment's {name} (or start another one: --out)"
                raise InvalidInput(str(self.artifact), f"weights of another {name}", accepted)


def shared(experiment: Experiment, folder: File) -> Shared:
    """Return the evaluation of an experiment's candidates with weights that are trained in `folder`."""
    weights = experiment.objective.weights
    return Shared(
        space=space_of(experiment),
        data=experiment.data,
        proxy=experiment.proxy,
        training=shared_training(experiment),
        compute=experiment.compute,
        seed=experiment.seed,
        folder=folder.absolute(),
        weights=None if weights is None else File(weights).absolute(),
        searched=experiment if experiment.objective.searches_while_training else None,
        spread_costs=_spread_costs(experiment),
    )


def _spread_costs(experiment: Experiment) -> tuple[float, ...]:
    if experiment.reward.w != EQUAL_SPREAD:
        return ()
    cost_of, charged = cost_counter(experiment), experiment.reward.cost
    networks = random_networks(space_of(experiment), experiment.seed)
    return tuple(float(getattr(cost_of(network), charged)) for network in networks)


@lru_cache(maxsize=1)
def _validation_part(data: DataConfig, device: str) -> Part:
    import torch

    from trials.objectives.shared.scoring import ANY_SIZE
    from trials.training.loop import parts_of

    return parts_of(load_split(data), ANY_SIZE, torch.device(device))[1]


def _tell_nobody(_line: str) -> None:
    """Keep quiet: candidates are evaluated where nobody looks."""
