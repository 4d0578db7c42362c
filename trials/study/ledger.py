"""The ledger of a study: it hands out candidates and records how their evaluations end. No torch."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import optuna
from optuna.distributions import BaseDistribution
from optuna.trial import TrialState

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost
from search_spaces.errors import LONGEST_REASON, one_line
from trials.study.batches import Batch
from trials.study.candidate import Candidate, Finished, Metrics, Outcome
from trials.study.clock import Deadline
from trials.study.duplicates import KnownNetworks
from trials.study.first_failures import FirstFailures
from trials.study.internals import forget_listed_trials, storage_of, study_id_of, trial_id_of
from trials.study.leases import Leases
from trials.study.overview import Overview
from trials.study.proposing import Proposal, Proposer
from trials.study.reader import StudyReader
from trials.study.recording import Recorder
from trials.study.reporting import Reporter, Stops
from trials.study.storage import is_shared

MOST_REJECTED_IN_A_ROW = 200
MOST_ATTEMPTS = 3  # at a candidate whose worker dies
LOOK_AGAIN_AFTER_S = 0.02  # at proposals that other processes are just making


@dataclass(kw_only=True)
class Ledger:
    """Hands out candidates of one study and records how their evaluations end.

    `decode` makes a network of a trial's parameters and user attributes, `cost_of` counts it, `violations` names the
    limits it breaks (name -> relative excess, above 0 breaks it), `value_of` makes the study's value(s) of metrics and
    cost. `budget` is the number of candidates to evaluate over the study's whole life. A network that is over a limit
    or was evaluated before is recorded and passed over; one that is just being evaluated waits until that ends, and
    ends alike. `exhausted` says that nothing else could be found: all of `space_size` networks were proposed, or a long
    row of proposals held none to evaluate.

    With a `batch`, that many candidates are proposed before the first of them is evaluated and recorded in their order
    once the last of them is: so the study does not depend on how many are evaluated at a time.
    Nothing further is handed out where the first candidates of this process all fail alike (`failed_alike`), unless
    failures are `expected`, and where `deadline` is passed (`out_of_time`). Other processes may be at work on the same
    study where its storage is shared.
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
    stops: Stops | None = None
    batch: int | None = None
    expected: bool = False
    deadline: Deadline = field(default_factory=Deadline)
    exhausted: bool = field(default=False, init=False)
    _leases: Leases = field(init=False)
    _overview: Overview = field(init=False)
    _proposer: Proposer = field(init=False)
    _recorder: Recorder = field(init=False)
    _reporter: Reporter = field(init=False)
    _batch: Batch = field(init=False)
    _first: FirstFailures = field(default_factory=FirstFailures, init=False)
    _networks: KnownNetworks = field(default_factory=KnownNetworks, init=False)

    def __post_init__(self) -> None:
        storage = storage_of(self.study)
        self._leases = Leases(storage=storage, shared=is_shared(storage))
        self._overview = Overview(reader=StudyReader(self.study), leases=self._leases)
        self._recorder = Recorder(study=self.study, leases=self._leases, value_of=self.value_of)
        self._reporter = Reporter(study=self.study, leases=self._leases, value_of=self.value_of, stops=self.stops)
        self._batch = Batch(size=self.batch)
        self._proposer = Proposer(
            distributions=self.distributions,
            decode=self.decode,
            cost_of=self.cost_of,
            violations=self.violations,
            seed=self.seed,
        )
        self._synchronize()

    @property
    def evaluated(self) -> int:
        """Number of candidates whose evaluation ended, in this process or another one."""
        return self._overview.evaluated

    @property
    def failed_alike(self) -> str | None:
        """The reason for which all the first candidates failed, where that ends the run; None where it goes on."""
        return None if self.expected else self._first.alike

    @property
    def out_of_time(self) -> bool:
        """Whether candidates are left that were not handed out because too little time is."""
        return self.deadline.passed

    @property
    def done(self) -> bool:
        """Whether nothing will ever be handed out again, also not what another process may leave unfinished."""
        if self._ends_early:
            return not self._batch.handed_out
        unfinished = self._batch.open or self._networks.following or self._overview.running or self._overview.waiting
        return (self.exhausted or self.evaluated >= self.budget) and not unfinished

    def ask(self) -> Candidate | None:
        """Return the next candidate to evaluate, or None where there is none now.

        A trial that an earlier process left unfinished comes first, under its own number and seed.
        """
        if self._ends_early:
            return None
        self._synchronize()
        if self._is_too_late():
            self._record_settled()
            return None
        while self._batch.wants_proposals and self._fill_batch():
            pass
        if not self._batch.queue:
            return None
        candidate = self._batch.queue.popleft()
        self._leases.begin(candidate.trial_id)
        self.deadline.begin()
        return candidate

    def tell(self, candidate: Candidate, outcome: Outcome) -> list[Finished]:
        """Record how a candidate ended and return the trials that finished with it, of a batch all with its last.

        What is told is kept at once, also where its trial finishes later.
        """
        outcome = self._settle(candidate, outcome)
        self._first.take_in(outcome)
        self.deadline.end(outcome)
        return self._record_settled()

    def retry(self, candidate: Candidate, reason: str) -> list[Finished]:
        """Hand out a candidate whose worker died once more; after three attempts, end it with the reason."""
        if self._leases.attempts(candidate.trial_id) >= MOST_ATTEMPTS:
            return self.tell(candidate, _died(reason))
        self._batch.queue.append(candidate)
        return []

    def report(self, candidate: Candidate, step: int, value: float) -> None:
        """Record the reward of an accuracy on the way. Raises Stopped where the study's pruner ends the trial."""
        self._reporter.report(self._batch.open[candidate.number], candidate, step, value)

    @contextmanager
    def at_work(self) -> Iterator[None]:
        """Keep the leases of what is handed out; give back what is unfinished when the context ends."""
        with self._leases.renewed():
            try:
                yield
            finally:
                self._leases.give_all_back()
                self._batch.clear()
                self._networks.forget_followers()

    @property
    def _ends_early(self) -> bool:
        return self.failed_alike is not None or self.out_of_time

    def _is_too_late(self) -> bool:
        """Look at the clock, where candidates are left to hand out."""
        return self.evaluated < self.budget and self.deadline.look()

    def _fill_batch(self) -> bool:
        """Propose one candidate, or what a batch still lacks; False where there is nothing to propose."""
        wanted = self._batch.missing(self.evaluated)
        proposed = 0
        while proposed < wanted and self._open_next():
            proposed += 1
        self._record_settled()
        return proposed > 0

    def _open_next(self) -> bool:
        """Open the next trial to be evaluated, or that was and is to be recorded; False if there is none."""
        for _ in range(MOST_REJECTED_IN_A_ROW):
            trial = self._next_trial()
            if trial is None:
                return False
            if self._accept(self._proposer.propose(trial, self._ended_before(trial))):
                return True
        self.exhausted = True
        return False

    def _next_trial(self) -> optuna.Trial | None:
        """Take a waiting trial or make a new one; None where the budget or the space is used up."""
        while (waiting := self._overview.next_waiting()) is not None:
            if self._leases.claim(study_id_of(self.study), trial_id_of(waiting)):
                return optuna.Trial(self.study, trial_id_of(waiting))
        if len(self._networks) >= self.space_size:
            self.exhausted = True
        taken = self.evaluated + len(self._batch.open) + len(self._overview.running)
        return None if self.exhausted or taken >= self.budget else self._new_trial()

    def _new_trial(self) -> optuna.Trial | None:
        """Make a trial as `study.ask` does, but for a look through all trials; None where others used up the budget."""
        forget_listed_trials(self.study)
        trial_id = self._leases.create(study_id_of(self.study))
        if self._leases.shared:
            number = storage_of(self.study).get_trial(trial_id).number
            self._synchronize(proposed=number)
            ahead = self._overview.unfinished_before(number)
            if self.evaluated + len(self._batch.open) + ahead >= self.budget:
                self._recorder.withdraw(trial_id)
                return None
        return optuna.Trial(self.study, trial_id)

    def _ended_before(self, trial: optuna.Trial) -> Outcome | None:
        """Return how the evaluation of a trial ended in a process that did not record it, None where it did not end."""
        known = Outcome.from_attributes(trial.user_attrs)
        if known is None and self._leases.attempts(trial_id_of(trial)) >= MOST_ATTEMPTS:
            return _died("its process ended in the middle of it")
        return known

    def _accept(self, proposal: Proposal) -> bool:
        """Open a trial; False where there is nothing left to evaluate or to record."""
        trial = proposal.trial
        if proposal.ended is not None:
            self._batch.open[trial.number] = trial
            self._settle(proposal.candidate, proposal.ended)
            return True
        self._networks.add(proposal.key)
        if proposal.over_limit:
            self._recorder.end(trial, TrialState.PRUNED)
            return False
        if self.skip_duplicates and self._is_duplicate(trial, proposal.key):
            return False
        self._batch.open[trial.number] = trial
        self._batch.queue.append(proposal.candidate)
        return True

    def _is_duplicate(self, trial: optuna.Trial, key: str) -> bool:
        """End a trial whose network was evaluated before; let it wait where that is just being done."""
        if self._leases.shared:
            self._await_earlier_networks(trial.number)
        if (earlier := self._networks.evaluated_with(key)) is not None:
            self._recorder.end_like(trial, earlier)
            return True
        leader = self._batch.open_with(key)
        if leader is None:
            leader = self._overview.running_with(key, before=trial.number)
        if leader is not None:
            self._networks.follow(trial, leader)
        return leader is not None

    def _await_earlier_networks(self, number: int) -> None:
        """Wait until other processes have said which networks the trials before this one are.

        Each says its own first: so of two that propose the same network at the same moment, the later one notices.
        """
        while True:
            self._synchronize(proposed=number)
            if self._overview.running_with(None, before=number) is None:
                return
            time.sleep(LOOK_AGAIN_AFTER_S)

    def _settle(self, candidate: Candidate, outcome: Outcome) -> Outcome:
        """Keep an outcome in the study, whenever its trial is to finish; one that has no value is a failure."""
        trial = self._batch.open[candidate.number]
        outcome = self._recorder.judged(trial, candidate.cost, outcome)
        self._recorder.keep(trial, outcome)
        self._batch.settled[candidate.number] = (candidate, outcome)
        return outcome

    def _record_settled(self) -> list[Finished]:
        """End the trials whose outcome is settled, by number; in a batch, only all of it together."""
        finished = []
        for number in self._batch.recordable(unfinished=self._ends_early):
            trial, candidate, outcome = self._batch.close(number)
            frozen = self._recorder.complete(trial, candidate.cost, outcome)
            if frozen is not None:
                finished.append(Finished(candidate=candidate, outcome=outcome, trial=frozen))
        self._synchronize()
        return finished

    def _synchronize(self, proposed: int = -1) -> None:
        """Take in what happened to the study, by this process and by others; `proposed` is the trial being made."""
        own = {proposed, *self._batch.open, *self._networks.following}
        for ended in self._overview.update(own):
            for follower in self._networks.take_in(ended):
                self._recorder.end_like(follower, ended)


def _died(reason: str) -> Outcome:
    return Outcome(failure=one_line(f"its worker died in each of {MOST_ATTEMPTS} attempts: {reason}", LONGEST_REASON))
