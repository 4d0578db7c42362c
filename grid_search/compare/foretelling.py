"""The law that is held against trainings: only one whose networks were trained as these are. No torch."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

from grid_search.family.finished import decided_file
from grid_search.family.finished_law import FinishedLaw, finished_law
from trials.experiment import Experiment
from trials.study.settings import require_same, without_places
from trials.study.snapshot import read_record

SHARED = ("objective", "data", "proxy", "training")  # settings on which an accuracy depends


def law_of_same_training(directory: Path, experiment: Experiment) -> FinishedLaw:
    """Return the law in `directory` (`finished_law`).

    Raises InvalidInput too where its networks were trained otherwise than those of `experiment`.
    """
    law = finished_law(directory)
    recorded = without_places(read_record(decided_file(directory).parent)["settings"])
    wanted = json.loads(json.dumps(without_places(asdict(experiment))))
    require_same(
        {name: recorded.get(name) for name in SHARED},
        {name: wanted[name] for name in SHARED},
        said=f"with which the networks of the law in {directory} were trained",
        defaults=asdict(Experiment()),
    )
    return law
