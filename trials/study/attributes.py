"""Keys of the attributes that this project writes into trials and studies. No torch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial, Trial

# of a trial, written before its evaluation
LEASE = "lease"  # who works on it, see `leases`
NETWORK = "network"  # a mapping with the keys below
DUPLICATE_OF = "duplicate_of"  # number of the trial that evaluated the same network
OVER_LIMIT = "over_limit"  # the limits that the network breaks, or TRIALS where the budget was used up
EXPECTED = "expected"  # the reward that the sampler expected, and one standard deviation below and above it
PLANNED = "planned"  # name of a trial that was planned beforehand

# in NETWORK, beside the figures of its cost
KEY, SEED = "key", "seed"
LATENCY = "measured_latency_ms"  # where a limit asks for it; a metric `latency_ms` of an objective is another thing

TRIALS = "trials"  # in OVER_LIMIT

# of a trial, written during and after its evaluation
METRICS, FAILURE, STOPPED = "metrics", "failure", "stopped"
ENDED = frozenset({METRICS, FAILURE, STOPPED})  # one of them is there once an evaluation has ended
RUNGS = "rungs"  # in a study of several objectives: accuracies on the way, by epoch

# Columns of our tables; a metric of one of these names would take its place, so it is refused.
# Beside those of every trial: of references, finalists, repeats and coefficients.
COLUMNS = frozenset(
    {
        "number",
        "state",
        "value",
        "value_0",
        "value_1",
        "smoothed",
        "reward",
        "flops",
        "params",
        "activations",
        LATENCY,
        SEED,
    }
    | {DUPLICATE_OF, "reason", KEY, "name", "trial", "place", "repeat", "role", "epochs", "ratio"}
    | {"expected_value", "expected_low", "expected_high"}
    | {"alpha", "beta", "gamma"}
)

# of a study
SETTINGS, FORMAT = "settings", "format"
RETRIED = "retried"  # numbers of failed trials that were enqueued again: they do not count against a budget
PLANNER = "planner"  # of the processes that began at one moment, the one that enqueues what is planned


def network_of(trial: Trial | FrozenTrial) -> dict[str, Any]:
    """Return what is recorded of a trial's network: key, seed and cost; empty where nothing is yet."""
    network: dict[str, Any] = trial.user_attrs.get(NETWORK, {})
    return network


def key_of(trial: Trial | FrozenTrial) -> str | None:
    """Return the key of a trial's network, None where none is recorded yet."""
    key: str | None = network_of(trial).get(KEY)
    return key
