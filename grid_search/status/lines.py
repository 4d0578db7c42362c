"""Where a scaling search is, in lines. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from grid_search.config import ScaleExperiment
from search_spaces.errors import InvalidInput
from trials.console.standing import local_now, part_of, standing
from trials.study.snapshot import read_run, read_studies, readable_url


def status_lines(directory: Path, storage: str | None = None) -> Iterator[str]:
    """Yield the state of the scaling search in a folder. Raises InvalidInput where there is none."""
    folder, record, experiment = read_run(directory, "scale", "scale search", ScaleExperiment)
    studies = read_studies(folder, f"{experiment.name}/scale", readable_url(storage or experiment.scale.storage))
    if "" not in studies:
        raise InvalidInput("directory", str(directory), "a folder with the journal of the search, study.journal")
    # its trainings are planned one round after the other, so nobody knows how many there will be
    yield from standing(record, [part_of("trainings", studies[""], None)], local_now())
