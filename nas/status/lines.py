"""Where a search is, in lines. No torch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from nas.config import NasExperiment
from nas.report.reading import search_of
from nas.report.words import found
from search_spaces.errors import InvalidInput
from trials.console.standing import local_now, part_of, standing
from trials.study.snapshot import read_run, read_studies, readable_url


def status_lines(directory: Path, storage: str | None = None) -> Iterator[str]:
    """Yield the state of the search in a folder, and its best so far. Raises InvalidInput where there is none."""
    folder, record, experiment = read_run(directory, "nas", "nas run", NasExperiment)
    studies = read_studies(folder, f"{experiment.name}/nas/", readable_url(storage or experiment.nas.storage))
    if not studies:
        raise InvalidInput("directory", str(directory), "a folder with the journal of the search, study.journal")
    totals = {"candidates": experiment.nas.trials}
    parts = [part_of(name, study, totals.get(name)) for name, study in studies.items()]
    yield from standing(record, parts, local_now())
    if "candidates" in studies:
        yield found(search_of(experiment, record, folder, studies))
