"""The warning about a reward target that changes nothing. No torch."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from trials.experiment import Experiment
from trials.experiment_file import read_entry


def target_notice(experiment: Experiment, file: Path, overrides: Iterable[str]) -> str | None:
    """Return a warning where the user set a target for the soft reward, None elsewhere.

    (cost / target)^w is cost^w times target^-w: the same factor for every network. A default target is nobody's wish,
    so the settings are read as they stand in the file and on the command line. A `w` above zero goes with a limit.
    """
    reward = read_entry(experiment.name, file, overrides).get("reward") or {}
    if experiment.reward.kind != "soft" or "target" not in reward or experiment.reward.exponent > 0:
        return None
    target, cost = reward["target"], experiment.reward.cost
    below = f"--set limits.max_{cost}={target}" if cost in ("flops", "params") else "a limit"
    return (
        f"warning: with reward.kind soft, reward.target {target} does not change which network wins: it multiplies "
        f"every reward by the same number. To land on {target} use --set reward.kind=absolute, to stay below it {below}"
    )
