"""The Optuna study as the ledger of a search: what is not in it did not happen. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

import optuna
from optuna.distributions import BaseDistribution
from optuna.samplers import BaseSampler
from optuna.storages import BaseStorage
from optuna.trial import FrozenTrial, TrialState

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost
from search_spaces.errors import InvalidInput
from trials.candidate import Candidate, Metrics, Outcome, Stopped, derive_seed

Direction = Literal["maximize", "minimize"]
MOST_REJECTED_IN_A_ROW = 200
SETTINGS = "settings"


@dataclass(kw_only=True)
class Ledger:
    """Hands out candidates of one study and records what they turned out to be worth.

    `decode` makes a network of a trial's parameters and user attributes, `cost_of` counts it, `violations` names the
    limits it breaks (name -> relative excess, above 0 breaks it), `value_of` makes the study's value(s) of metrics and
    cost. `budget` is the number of candidates to evaluate over the study's whole life. A network that is over a limit
    or was evaluated before is recorded and passed over; `exhausted` says that nothing else could be found: all of
    `space_size` networks were proposed, or a long row of proposals held none to evaluate.
    """

    study: optuna.Study
    distributions: Mapping[str, BaseDistribution]
    decode: Callable[[Mapping[str, Any]], Architecture]
    cost_of: Callable[[Architecture], Cost]
    value_of: Callable[[Metrics, Cost], Sequence[float]]
    seed: int
    budget: int
    violations: Callable[[Cost], Mapping[str, float]] = lambda _cost: {}
    space_size: float = math.inf
    skip_duplicates: bool = True
    exhausted: bool = field(default=False, init=False)
    _open: dict[int, optuna.Trial] = field(default_factory=dict, init=False)
    _orphans: list[FrozenTrial] = field(default_factory=list, init=False)
    _evaluated: int = field(default=0, init=False)
    _first_with: dict[str, FrozenTrial] = field(default_factory=dict, init=False)
    _proposed: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        for trial in self.study.get_trials(deepcopy=False):
            if trial.state == TrialState.RUNNING:
                self._orphans.append(trial)
            else:
                self._count(trial)

    @property
    def evaluated(self) -> int:
        """Number of candidates whose evaluation ended, in this process or an earlier one."""
        return self._evaluated

    def ask(self) -> Candidate | None:
        """Return the next candidate to evaluate, or None when the budget or the space is used up.

        A trial that an earlier process left unfinished comes first, under its own number and seed.
        """
        for _ in range(MOST_REJECTED_IN_A_ROW):
            if self._evaluated + len(self._open) >= self.budget and not self._orphans:
                return None
            if len(self._proposed) >= self.space_size and not self._orphans:
                break
            trial = self._next_trial()
            candidate = self._candidate(trial)
            if self._accept(trial, candidate):
                self._open[candidate.number] = trial
                return candidate
        self.exhausted = True
        return None

    def tell(self, candidate: Candidate, outcome: Outcome) -> FrozenTrial:
        """Record how a candidate ended, and return the finished trial."""
        trial = self._open.pop(candidate.number)
        if outcome.failure is None and not outcome.stopped:
            return self._complete(trial, candidate.cost, outcome)
        if outcome.failure is not None:
            trial.set_user_attr("failure", outcome.failure)
        return self._finish(trial, TrialState.FAIL if outcome.failure is not None else TrialState.PRUNED)

    def report(self, candidate: Candidate, step: int, value: float) -> None:
        """Record the reward of an accuracy on the way. Raises Stopped where the study's pruner ends the trial.

        Nothing is recorded, and nothing stopped, in a study of several objectives (Optuna has no such thing) and where
        the reward charges what only a finished trial tells.
        """
        trial = self._open[candidate.number]
        if len(self.study.directions) > 1:
            return
        try:
            reward = self.value_of({"val_accuracy": value}, candidate.cost)[0]
        except InvalidInput:
            return
        trial.report(reward, step)
        if trial.should_prune():
            raise Stopped

    def _next_trial(self) -> optuna.Trial:
        """Take over an orphan or ask for a new trial, with every parameter suggested."""
        if self._orphans:
            trial = optuna.Trial(self.study, self._orphans.pop(0)._trial_id)
            for name, distribution in self.distributions.items():
                trial._suggest(name, distribution)
            return trial
        return self.study.ask(dict(self.distributions))

    def _candidate(self, trial: optuna.Trial) -> Candidate:
        architecture = self.decode({**trial.user_attrs, **trial.params})
        return Candidate(
            number=trial.number,
            trial_id=trial._trial_id,
            architecture=architecture,
            seed=derive_seed(self.seed, trial.number),
            cost=self.cost_of(architecture),
            labels=dict(trial.user_attrs),
        )

    def _accept(self, trial: optuna.Trial, candidate: Candidate) -> bool:
        """Record what is known before evaluation; False where there is nothing left to evaluate."""
        metrics = trial.user_attrs.get("metrics")
        if metrics is not None:  # evaluated, but the process ended before it could say so
            self._finish(trial, TrialState.COMPLETE, self.value_of(metrics, candidate.cost))
            return False
        key = candidate.architecture.key
        trial.set_user_attr("network", {"key": key, **asdict(candidate.cost), "seed": candidate.seed})
        over = self._constrain(trial, candidate.cost)
        earlier = self._first_with.get(key) if self.skip_duplicates else None
        if over:
            self._finish(trial, TrialState.PRUNED)
        elif earlier is not None:
            trial.set_user_attr("duplicate_of", earlier.number)
            self._finish(trial, TrialState.COMPLETE, earlier.values)
        return not over and earlier is None

    def _constrain(self, trial: optuna.Trial, cost: Cost) -> bool:
        """Set the study's constraints (at most 0 is feasible) and tell whether one is broken."""
        excess = self.violations(cost)
        for name, value in excess.items():
            trial.set_constraint(name, value)
        broken = [name for name, value in excess.items() if value > 0]
        if broken:
            trial.set_user_attr("over_limit", ", ".join(broken))
        return bool(broken)

    def _complete(self, trial: optuna.Trial, cost: Cost, outcome: Outcome) -> FrozenTrial:
        try:
            values = self.value_of(outcome.metrics, cost)
            if not all(math.isfinite(value) for value in values):
                raise InvalidInput("reward", values, "finite numbers")
        except (InvalidInput, ArithmeticError) as error:
            trial.set_user_attr("failure", str(error))
            return self._finish(trial, TrialState.FAIL)
        trial.set_user_attr("metrics", dict(outcome.metrics))
        return self._finish(trial, TrialState.COMPLETE, values)

    def _finish(self, trial: optuna.Trial, state: TrialState, values: Sequence[float] | None = None) -> FrozenTrial:
        frozen = self.study.tell(trial, values=values, state=state)
        self._count(frozen)
        return frozen

    def _count(self, trial: FrozenTrial) -> None:
        attributes = trial.user_attrs
        if "network" in attributes:
            self._proposed.add(attributes["network"]["key"])
        if "duplicate_of" in attributes or "over_limit" in attributes or not trial.state.is_finished():
            return
        self._evaluated += 1
        if trial.state == TrialState.COMPLETE and "network" in attributes:
            self._first_with.setdefault(attributes["network"]["key"], trial)


def open_study(
    storage: BaseStorage,
    name: str,
    *,
    sampler: BaseSampler,
    settings: Mapping[str, Any],
    directions: Sequence[Direction] = ("maximize",),
    pruner: optuna.pruners.BasePruner | None = None,
) -> optuna.Study:
    """Create a study or open it again. Raises InvalidInput where its settings are no longer those it began with."""
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    study = optuna.create_study(
        storage=storage,
        study_name=name,
        sampler=sampler,
        pruner=pruner or optuna.pruners.NopPruner(),
        directions=list(directions),
        load_if_exists=True,
    )
    recorded = study.user_attrs.get(SETTINGS)
    if recorded is None:
        study.set_user_attr(SETTINGS, dict(settings))
    else:
        _refuse_changes("", recorded, dict(settings))
    return study


def _refuse_changes(prefix: str, recorded: Mapping[str, Any], wanted: Mapping[str, Any]) -> None:
    for key in {**recorded, **wanted}:
        old, new = recorded.get(key), wanted.get(key)
        if isinstance(old, dict) and isinstance(new, dict):
            _refuse_changes(f"{prefix}{key}.", old, new)
        elif old != new:
            raise InvalidInput(
                f"{prefix}{key}", new, f"{old!r}, with which this study began (or start another one: --out)"
            )
