"""How much disk a search needs: its images as they are kept, its study and report, and weights. No torch."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from search_spaces.architecture import Architecture
from search_spaces.cost import estimate_cost
from trials.check.findings import Findings
from trials.data.facts import DataFacts
from trials.experiment import DataConfig, Experiment
from trials.proxy import apply_proxy

TRIAL_BYTES = 12_000  # of a journal and a table: half of it tells the network
REPORT_BYTES = 5_000_000  # a page that works offline holds the library that draws it
WEIGHT_BYTES = 12  # its value, its momentum and its average
SMALLEST_TOLD = 1_000_000


def check_disk(
    experiment: Experiment,
    facts: DataFacts | None,
    trials: int,
    networks: Iterable[Architecture],
    out: Path,
    findings: Findings,
) -> int:
    """Tell the bytes that so many trials like those of the networks take in `out`, and their images; return the sum.

    `facts` are those of the images, None where nothing is trained. Warns where less is free.
    """
    images = 0 if facts is None else image_bytes(experiment.data, facts)
    weights = 0 if facts is None else training_bytes(networks, experiment)
    results = REPORT_BYTES + trials * TRIAL_BYTES + weights
    told = [f"about {size_of(results)} for the results"]
    if images:
        told.append(f"{size_of(images)} for the images in {Path(experiment.data.folder) / 'prepared'}/, once")
    findings.say("disk", ", ".join(told))
    free = shutil.disk_usage(_existing(out)).free
    if free < results + images:
        findings.warn(f"only {size_of(free)} are free where the results will be: {out}")
    return results + images


def image_bytes(data: DataConfig, facts: DataFacts) -> int:
    """Return the bytes of all images of a data set as they are kept: one for each channel of each pixel."""
    height, width = data.size or facts.size
    return (facts.train_images + facts.test_images) * facts.channels * height * width


def training_bytes(networks: Iterable[Architecture], experiment: Experiment) -> int:
    """Return the bytes of the trainings that are kept while they run. Shared weights are about one large network's."""
    proxies = (apply_proxy(network, experiment.proxy) for network in networks)
    most = max(estimate_cost(proxy, *experiment.cost.task).params for proxy in proxies)
    return most * WEIGHT_BYTES * experiment.compute.at_once


def size_of(count: int) -> str:
    """Return a number of bytes in words.

    >>> size_of(0), size_of(7_372_800), size_of(2_340_000_000)
    ('1 MB', '7 MB', '2.3 GB')
    """
    count = max(count, SMALLEST_TOLD)
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"


def _existing(path: Path) -> Path:
    """Return the nearest folder above that is there."""
    path = path.absolute()
    return next(place for place in (path, *path.parents) if place.is_dir())
