"""What a finished law foretells of any network that has the blocks of its baseline. No torch."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from grid_search.compound_scaling import AXES
from grid_search.family.along_path import read_law
from grid_search.family.finished import ScalingRule, decided_file
from grid_search.law.answer import CREDIBILITY
from grid_search.law.posterior import Law
from grid_search.law_search.search import fit_networks
from grid_search.law_search.shapes import shape_between
from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from trials.experiment import Experiment
from trials.study.settings import require_same, without_places
from trials.study.snapshot import read_record, read_table

SHARED = ("objective", "data", "proxy", "training")  # settings on which an accuracy depends


@dataclass(frozen=True, kw_only=True, slots=True)
class Foretold:
    """An accuracy (share) and its 90 % band, of the network itself: noise of a training not counted."""

    accuracy: float
    low: float
    high: float


@dataclass(frozen=True, kw_only=True, eq=False, slots=True)
class FinishedLaw:
    """A law as its search left it, with the rule of its baseline; beyond `dearest` baselines it extrapolates."""

    law: Law
    rule: ScalingRule
    varying: tuple[int, ...]
    dearest: float

    def foretell(self, network: Architecture) -> Foretold | None:
        """Return what the law says of a network; None where it is not the baseline deeper, wider or sharper."""
        shape = shape_between(self.rule.baseline, network)
        if shape is None:
            return None
        values = self.law.draw(shape[list(self.varying)][None])[:, 0] / 100
        low, high = np.quantile(values, ((1 - CREDIBILITY) / 2, (1 + CREDIBILITY) / 2)).tolist()
        return Foretold(accuracy=float(values.mean()), low=low, high=high)


def finished_law(directory: Path, experiment: Experiment) -> FinishedLaw:
    """Return the law of `scale search --method law` in `directory` (results/NAME or results/NAME/scale).

    It is fitted again to the trainings in its trials.csv, which gives the same. Raises InvalidInput where there is
    none, and where its networks were trained otherwise than those of `experiment`.
    """
    rule, entry = read_law(directory)
    folder = decided_file(directory).parent
    record = read_record(folder)
    _require_same_training(record["settings"], experiment, directory)
    varying = tuple(place for place, axis in enumerate(AXES) if axis in entry.get("axes", ()))
    rows = read_table(folder / "trials.csv", ["role"])
    law = fit_networks(rows, rule.baseline, rule.rounding, varying, int(record["settings"]["seed"]))
    if law is None:
        raise InvalidInput("--law", str(directory), "the results of a law with at least four finished trainings")
    return FinishedLaw(law=law, rule=rule, varying=varying, dearest=float(entry["extrapolates_beyond"]))


def _require_same_training(recorded: dict[str, object], experiment: Experiment, directory: Path) -> None:
    wanted = json.loads(json.dumps(without_places(asdict(experiment))))
    before = without_places(recorded)
    told = f"with which the networks of the law in {directory} were trained"
    require_same(
        {name: before.get(name) for name in SHARED},
        {name: wanted[name] for name in SHARED},
        said=told,
        defaults=asdict(Experiment()),
    )
