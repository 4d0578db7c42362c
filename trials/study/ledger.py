"""What hands out candidates of a study and records what they turned out to be worth. No torch."""

from __future__ import annotations

import contextlib
import math
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.exceptions import UpdateFinishedTrialError
from optuna.trial import FrozenTrial, TrialState

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost
from search_spaces.errors import InvalidInput
from trials.study.candidate import Candidate, Finished, Metrics, Outcome, Stopped, derive_seed
from trials.study.leases import LEASE, Leases
from trials.study.reader import StudyReader
from trials.study.storage import is_shared

MOST_REJECTED_IN_A_ROW = 200
BOOKKEEPING = (LEASE, "network")  # attributes that the ledger itself gives a trial before its evaluation
MOST_ATTEMPTS = 3  # at a candidate whose worker dies
LOOK_AGAIN_AFTER_S = 0.02  # at proposals that other processes are just making


@dataclass(kw_only=True)
class Ledger:
    """Hands out candidates of one study and records what they turned out to be worth.

    `decode` makes a network of a trial's parameters and user attributes, `cost_of` counts it, `violations` names the
    limits it breaks (name -> relative excess, above 0 breaks it), `value_of` makes the study's value(s) of metrics and
    cost. `budget` is the number of candidates to evaluate over the study's whole life. A network that is over a limit
    or was evaluated before is recorded and passed over, one that is just being evaluated waits and shares its fate;
    `exhausted` says that nothing else could be found: all of `space_size` networks were proposed, or a long row of
    proposals held none to evaluate.

    With a `batch`, that many candidates are proposed before the first of them is evaluated and recorded in their order
    once the last of them is: so the study does not depend on how many are evaluated at a time.
    Other processes may be at work on the same study where its storage is shared.
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
    stops: Callable[[optuna.Trial, Candidate, int, float], bool] | None = None
    batch: int | None = None
    exhausted: bool = field(default=False, init=False)
    _reader: StudyReader = field(init=False)
    _leases: Leases = field(init=False)
    _queue: deque[Candidate] = field(default_factory=deque, init=False)  # proposed, not handed out
    _open: dict[int, optuna.Trial] = field(default_factory=dict, init=False)  # proposed, not recorded: by number
    _settled: dict[int, tuple[Candidate, Outcome]] = field(default_factory=dict, init=False)  # evaluated, not recorded
    _followers: dict[int, list[optuna.Trial]] = field(default_factory=dict, init=False)  # equal to trial `number`
    _others: dict[int, FrozenTrial] = field(default_factory=dict, init=False)  # running elsewhere
    _waiting: dict[int, FrozenTrial] = field(default_factory=dict, init=False)
    _evaluated: int = field(default=0, init=False)
    _first_with: dict[str, FrozenTrial] = field(default_factory=dict, init=False)
    _proposed: set[str] = field(default_factory=set, init=False)

    def __post_init__(self) -> None:
        self._reader = StudyReader(self.study)
        self._leases = Leases(storage=self.study._storage, shared=is_shared(self.study._storage))
        self._synchronize()

    @property
    def evaluated(self) -> int:
        """Number of candidates whose evaluation ended, in this process or another one."""
        return self._evaluated

    @property
    def done(self) -> bool:
        """Whether nothing will ever be handed out again, also not what another process may leave unfinished."""
        ended = self.exhausted or self._evaluated >= self.budget
        return ended and not (self._open or self._followers or self._others or self._waiting)

    def ask(self) -> Candidate | None:
        """Return the next candidate to evaluate, or None where there is none now.

        A trial that an earlier process left unfinished comes first, under its own number and seed.
        """
        self._synchronize()
        while not self._queue and not (self.batch and self._open):
            if not self._propose_some():
                break
        if not self._queue:
            return None
        candidate = self._queue.popleft()
        self._leases.begin(candidate.trial_id)
        return candidate

    def tell(self, candidate: Candidate, outcome: Outcome) -> list[Finished]:
        """Record how a candidate ended and return the trials that finished with it, of a batch all with its last.

        What is told is kept at once, also where its trial finishes later.
        """
        self._settle(candidate, outcome)
        return self._record_settled()

    def retry(self, candidate: Candidate, reason: str) -> list[Finished]:
        """Hand out a candidate whose worker died once more; after three attempts, end it with the reason."""
        if self._leases.attempts(candidate.trial_id) >= MOST_ATTEMPTS:
            return self.tell(candidate, _died(reason))
        self._queue.append(candidate)
        return []

    def report(self, candidate: Candidate, step: int, value: float) -> None:
        """Record the reward of an accuracy on the way. Raises Stopped where the study's pruner ends the trial.

        In a study of several objectives, where Optuna has no such thing, `stops` records and decides. Nothing is
        recorded where the reward charges what only a finished trial tells.
        """
        trial = self._open[candidate.number]
        if self.stops is not None and self.stops(trial, candidate, step, value):
            raise Stopped
        if len(self.study.directions) > 1:
            return
        try:
            reward = self.value_of({"val_accuracy": value}, candidate.cost)[0]
        except InvalidInput:
            return
        if step not in trial._cached_frozen_trial.intermediate_values:  # of an attempt that went this far
            trial.report(reward, step)
            self._leases.progress(trial._trial_id)
        if trial.should_prune():
            raise Stopped

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep the leases of what is handed out; give back what is unfinished when the context ends."""
        with self._leases.renewed():
            try:
                yield
            finally:
                self._release()

    def _release(self) -> None:
        self._leases.give_all_back()
        for held in (self._queue, self._open, self._settled, self._followers):
            held.clear()

    def _propose_some(self) -> bool:
        """Propose one candidate, or what a batch still lacks; False where there is nothing to propose."""
        wanted = self.batch - self._evaluated % self.batch if self.batch else 1
        proposed = 0
        while proposed < wanted and self._propose():
            proposed += 1
        self._record_settled()
        return proposed > 0

    def _propose(self) -> bool:
        """Open the next trial to be evaluated, or that was and is to be recorded; False if there is none."""
        for _ in range(MOST_REJECTED_IN_A_ROW):
            trial = self._next_trial()
            if trial is None:
                return False
            for name, distribution in self.distributions.items():
                trial._suggest(name, distribution)
            if self._accept(trial, self._candidate(trial)):
                return True
        self.exhausted = True
        return False

    def _next_trial(self) -> optuna.Trial | None:
        """Take a waiting trial or make a new one; None where the budget or the space is used up."""
        while self._waiting:
            frozen = self._waiting.pop(min(self._waiting))
            if self._leases.claim(frozen._trial_id):
                if self._leases.shared:  # Optuna takes parameters only for a trial that it made or listed itself
                    self.study._storage.get_all_trials(self.study._study_id, deepcopy=False)
                return optuna.Trial(self.study, frozen._trial_id)
        if len(self._proposed) >= self.space_size:
            self.exhausted = True
        if self.exhausted or self._evaluated + len(self._open) + len(self._others) >= self.budget:
            return None
        return self._new_trial()

    def _new_trial(self) -> optuna.Trial | None:
        """Make a trial as `study.ask` does, but for a look through all trials; None where others used up the budget."""
        self.study._thread_local.cached_all_trials = None
        trial_id = self._leases.create(self.study._study_id)
        if self._leases.shared:
            number = self.study._storage.get_trial_number_from_id(trial_id)
            self._synchronize(proposed=number)
            ahead = sum(other < number for other in (*self._others, *self._waiting))
            if self._evaluated + len(self._open) + ahead >= self.budget:
                self.study._storage.set_trial_user_attr(trial_id, "over_limit", "trials")
                self._leases.drop(trial_id)
                self.study._storage.set_trial_state_values(trial_id, state=TrialState.FAIL)
                return None
        return optuna.Trial(self.study, trial_id)

    def _candidate(self, trial: optuna.Trial) -> Candidate:
        labels = {name: value for name, value in trial.user_attrs.items() if name not in BOOKKEEPING}
        architecture = self.decode({**labels, **trial.params})
        return Candidate(
            number=trial.number,
            trial_id=trial._trial_id,
            architecture=architecture,
            seed=derive_seed(self.seed, trial.number),
            cost=self.cost_of(architecture),
            labels=labels,
        )

    def _accept(self, trial: optuna.Trial, candidate: Candidate) -> bool:
        """Record what is known before evaluation; False where there is nothing left to evaluate or to record."""
        known = Outcome.from_attributes(trial.user_attrs)
        if known is not None or self._leases.attempts(trial._trial_id) >= MOST_ATTEMPTS:
            self._open[trial.number] = trial
            self._settle(candidate, known or _died("its process ended in the middle of it"))
            return True
        key = candidate.architecture.key
        trial.set_user_attr("network", {"key": key, **asdict(candidate.cost), "seed": candidate.seed})
        self._proposed.add(key)
        if self._constrain(trial, candidate.cost):
            self._finish(trial, TrialState.PRUNED)
        elif not self.skip_duplicates or not self._is_known(trial, key):
            self._open[trial.number] = trial
            self._queue.append(candidate)
            return True
        return False

    def _await_earlier_networks(self, number: int) -> None:
        """Wait until other processes have said which networks the trials before this one are.

        Each says its own first: so of two that propose the same network at the same moment, the later one notices.
        """
        while True:
            self._synchronize(proposed=number)
            if not any(other < number and _key(trial) is None for other, trial in self._others.items()):
                return
            time.sleep(LOOK_AGAIN_AFTER_S)

    def _is_known(self, trial: optuna.Trial, key: str) -> bool:
        """Finish a trial whose network was evaluated before, and let it wait where that is just being done."""
        if self._leases.shared:
            self._await_earlier_networks(trial.number)
        earlier = self._first_with.get(key)
        if earlier is not None:
            self._follow(trial, earlier)
            return True
        open_with = [number for number, other in self._open.items() if other.user_attrs["network"]["key"] == key]
        elsewhere = [number for number, other in self._others.items() if _key(other) == key and number < trial.number]
        for leader in [*open_with, *elsewhere][:1]:
            self._followers.setdefault(leader, []).append(trial)
        return bool(open_with or elsewhere)

    def _follow(self, trial: optuna.Trial, leader: FrozenTrial) -> None:
        """End a trial as the one with the same network did."""
        trial.set_user_attr("duplicate_of", leader.number)
        self._finish(trial, leader.state, leader.values if leader.state == TrialState.COMPLETE else None)

    def _constrain(self, trial: optuna.Trial, cost: Cost) -> bool:
        """Set the study's constraints (at most 0 is feasible) and tell whether one is broken."""
        excess = self.violations(cost)
        for name, value in excess.items():
            trial.set_constraint(name, value)
        broken = [name for name, value in excess.items() if value > 0]
        if broken:
            trial.set_user_attr("over_limit", ", ".join(broken))
        return bool(broken)

    def _settle(self, candidate: Candidate, outcome: Outcome) -> None:
        """Keep an outcome in the study, whenever its trial is to finish."""
        trial = self._open[candidate.number]
        with contextlib.suppress(UpdateFinishedTrialError):  # another process took it over and was faster
            for name, value in outcome.as_attributes().items():
                trial.set_user_attr(name, value)
        self._settled[candidate.number] = (candidate, outcome)

    def _record_settled(self) -> list[Finished]:
        """Finish the trials whose outcome is settled, by number; in a batch, only all of it together."""
        if self.batch and len(self._settled) < len(self._open):
            return []
        finished = []
        for number in sorted(self._settled):
            candidate, outcome = self._settled.pop(number)
            frozen = self._complete(self._open.pop(number), candidate.cost, outcome)
            if frozen is not None:
                finished.append(Finished(candidate=candidate, outcome=outcome, trial=frozen))
        self._synchronize()
        return finished

    def _complete(self, trial: optuna.Trial, cost: Cost, outcome: Outcome) -> FrozenTrial | None:
        if outcome.failure is not None or outcome.stopped:
            return self._finish(trial, TrialState.FAIL if outcome.failure is not None else TrialState.PRUNED)
        try:
            values = self.value_of(outcome.metrics, cost)
            if not all(math.isfinite(value) for value in values):
                raise InvalidInput("reward", values, "finite numbers")
        except (InvalidInput, ArithmeticError) as error:
            trial.set_user_attr("failure", str(error))
            return self._finish(trial, TrialState.FAIL)
        return self._finish(trial, TrialState.COMPLETE, values)

    def _finish(
        self, trial: optuna.Trial, state: TrialState, values: Sequence[float] | None = None
    ) -> FrozenTrial | None:
        """Finish a trial; None where another process took it over and finished it first."""
        self._leases.drop(trial._trial_id)
        try:
            return self.study.tell(trial, values=values, state=state)
        except (ValueError, UpdateFinishedTrialError):
            return None

    def _synchronize(self, proposed: int = -1) -> None:
        """Take in what happened to the study, by this process and by others; `proposed` is the trial being made."""
        followers = (trial.number for trials in self._followers.values() for trial in trials)
        own = {proposed, *self._open, *followers}
        self._others.clear()
        self._waiting.clear()
        for trial in self._reader.changed():
            if trial.state.is_finished():
                self._count(trial)
            elif trial.state == TrialState.WAITING or (trial.number not in own and self._leases.reclaim(trial)):
                self._waiting[trial.number] = trial
            elif trial.number not in own:
                self._others[trial.number] = trial

    def _count(self, trial: FrozenTrial) -> None:
        attributes = trial.user_attrs
        if "network" in attributes:
            self._proposed.add(attributes["network"]["key"])
        if "duplicate_of" not in attributes and "over_limit" not in attributes:
            self._evaluated += 1
            if trial.state == TrialState.COMPLETE and "network" in attributes:
                self._first_with.setdefault(attributes["network"]["key"], trial)
        for follower in self._followers.pop(trial.number, ()):
            self._follow(follower, trial)


def _key(trial: FrozenTrial) -> str | None:
    key: str | None = trial.user_attrs.get("network", {}).get("key")
    return key


def _died(reason: str) -> Outcome:
    return Outcome(failure=f"its worker died in each of {MOST_ATTEMPTS} attempts: {reason}")
