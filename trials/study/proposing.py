"""A candidate made of a trial: parameters from the sampler, the network, its cost, the limits it breaks. No torch."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from search_spaces.architecture import Architecture
from search_spaces.cost import Cost
from trials.study.attributes import EXPECTED, KEY, LEASE, NETWORK, OVER_LIMIT, SEED
from trials.study.candidate import Candidate, Outcome, derive_seed
from trials.study.internals import one_write, suggest, trial_id_of

if TYPE_CHECKING:
    from optuna import Trial
    from optuna.distributions import BaseDistribution

BOOKKEEPING = (LEASE, NETWORK, EXPECTED)  # attributes that a trial is given before its evaluation, no labels
Foretold = tuple[float, float, float]  # a reward that is expected, and one standard deviation below and above it


@runtime_checkable
class Foretells(Protocol):
    """A sampler that expects something of what it proposes."""

    def foretold(self, number: int) -> Foretold | None:
        """Return what it expects of the trial `number` that it just proposed; None where it expects nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposal:
    """A trial and its candidate; `ended` is how the candidate ended, where an earlier process evaluated it."""

    trial: Trial
    candidate: Candidate
    ended: Outcome | None = None
    over_limit: bool = False

    @property
    def key(self) -> str:
        """The network's key."""
        return self.candidate.architecture.key


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposer:
    """Makes candidates of a study's trials; the fields are those of the ledger."""

    distributions: Mapping[str, BaseDistribution]
    decode: Callable[[Mapping[str, Any]], Architecture]
    cost_of: Callable[[Architecture], Cost]
    violations: Callable[[Cost], Mapping[str, float]]
    seed: int

    def propose(self, trial: Trial, ended: Outcome | None) -> Proposal:
        """Let the sampler complete a trial and write all that is known before evaluation, in one go."""
        with one_write(trial):
            suggest(trial, self.distributions)
            self._foretell(trial)
            candidate = self._candidate(trial)
            over_limit = ended is None and self._describe(trial, candidate)
        return Proposal(trial=trial, candidate=candidate, ended=ended, over_limit=over_limit)

    def _foretell(self, trial: Trial) -> None:
        """Record what the sampler expects of the trial, where it expects something."""
        sampler = trial.study.sampler
        told = sampler.foretold(trial.number) if isinstance(sampler, Foretells) else None
        if told is not None and all(map(math.isfinite, told)):
            trial.set_user_attr(EXPECTED, list(told))

    def _candidate(self, trial: Trial) -> Candidate:
        labels = {name: value for name, value in trial.user_attrs.items() if name not in BOOKKEEPING}
        architecture = self.decode({**labels, **trial.params})
        return Candidate(
            number=trial.number,
            trial_id=trial_id_of(trial),
            architecture=architecture,
            seed=derive_seed(self.seed, trial.number),
            cost=self.cost_of(architecture),
            labels=labels,
        )

    def _describe(self, trial: Trial, candidate: Candidate) -> bool:
        """Record network and constraints (at most 0 is feasible); tell whether one is broken."""
        described = {KEY: candidate.architecture.key, **asdict(candidate.cost), SEED: candidate.seed}
        trial.set_user_attr(NETWORK, described)
        excess = self.violations(candidate.cost)
        for name, value in excess.items():
            trial.set_constraint(name, value)
        broken = [name for name, value in excess.items() if value > 0]
        if broken:
            trial.set_user_attr(OVER_LIMIT, ", ".join(broken))
        return bool(broken)
