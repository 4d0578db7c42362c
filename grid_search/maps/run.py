"""From trained networks and pictures to maps, their figures, and the files that show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np
from rich.console import Console

from grid_search.maps.gradcam import require_captum
from grid_search.maps.looking import Look, View, look
from grid_search.maps.merit import merit_of
from grid_search.maps.networks import looked_at
from grid_search.maps.objects import Mask, Objects, read_objects
from grid_search.maps.page import write_maps
from grid_search.maps.pictures import FilePictures, Pictures, file_pictures, spread, validation_pictures
from grid_search.maps.plot import plot_maps
from grid_search.maps.request import MapsRequest
from grid_search.maps.result import Seen, seen_table
from grid_search.maps.trained import Subject, remaining, trained_networks
from search_spaces.errors import InvalidInput
from trials.check.findings import Findings
from trials.check.pace import check_pace
from trials.console.run_record import recorded_run
from trials.study.report import write_csv
from trials.study.snapshot import RECORD, read_record
from trials.study.storage import exclusive
from trials.training.equipment import choose_device, chosen_threads, load_split, load_whole

PAGE, PICTURE, TABLE = "maps.html", "maps.png", "maps.csv"
LEAST_SHOWN_SIDE = 160  # pixels


@dataclass(frozen=True, kw_only=True, slots=True)
class Sources:
    """Which pictures: a folder of the user's or the experiment's validation images; where their objects are."""

    images: Path | None
    boxes: Path | None
    shown: int


def draw_maps(request: MapsRequest, sources: Sources, *, console: Console, command: str) -> Seen:
    """Train what is not trained, look at the pictures, and write page, figure and table.

    Raises InvalidInput, before anything is trained, for what cannot be used.
    """
    pictures, objects = read_sources(request, sources)
    settings = {**asdict(request.experiment), **{name: _text(value) for name, value in asdict(sources).items()}}
    with exclusive(request.folder):
        with recorded_run(request.folder / RECORD, command=command, settings=settings) as figures:
            _announce(request, console)
            subjects = trained_networks(request, console, command)
            seen = _seen(request, subjects, pictures, objects, sources.shown)
            figures["networks"] = {merit.role: asdict(merit) for merit in seen.merits}
            write_csv(seen_table(seen), request.folder / TABLE)
            plot_maps(seen, request.folder / PICTURE)
        write_maps(seen, read_record(request.folder), request.folder / PAGE)
    return seen


def _announce(request: MapsRequest, console: Console) -> None:
    """Say how long the trainings will take, where there are any."""
    wanted, findings = list(remaining(request)), Findings()
    if wanted:
        check_pace([one.architecture for one in wanted], len(wanted), request.experiment, findings)
        told = [f"time:   {line}" for line in findings.facts.get("time", ())] + findings.warnings
        for line in told:
            console.print(line, highlight=False, soft_wrap=True, markup=False)


def read_sources(request: MapsRequest, sources: Sources) -> tuple[Pictures, Objects | None]:
    """Return the pictures and their objects. Raises InvalidInput, without captum too."""
    require_captum()
    if sources.boxes is not None and sources.images is None:
        raise InvalidInput("--boxes", str(sources.boxes), "boxes or masks of the files in --images FOLDER")
    if sources.images is None:
        return validation_pictures(load_split(request.experiment.data), sources.shown), None
    pictures = file_pictures(sources.images, load_whole(request.experiment.data).classes or ())
    objects = None if sources.boxes is None else read_objects(sources.boxes)
    return pictures, objects


def _seen(
    request: MapsRequest, subjects: list[Subject], pictures: Pictures, objects: Objects | None, shown: int
) -> Seen:
    size, experiment = _common_size(subjects), request.experiment
    masks = _masks(pictures, objects, size)
    places = spread(len(pictures.names), shown)
    view = View(
        stage=looked_at(subjects[0].network.architecture),
        size=size,
        device=choose_device(experiment.compute.device),
        threads=chosen_threads(experiment.compute.threads),
    )
    looks = [_kept(look(subject, pictures, masks, view), set(places)) for subject in subjects]
    roles = [subject.compared.role for subject in subjects]
    return Seen(
        title=f"Where the networks of {request.networks[0].architecture.name} look",
        subjects=subjects,
        pictures=pictures,
        masks=masks,
        looks=looks,
        merits=[merit_of(role, own, masks) for role, own in zip(roles, looks, strict=True)],
        shown=places,
        size=size,
        stage=view.stage,
        folder=request.folder,
    )


def _kept(looks: Iterable[Look], places: set[int]) -> list[Look]:
    """Return looks, with maps only where they will be shown."""
    empty = np.zeros((0, 0), dtype=np.float32)
    return [one if place in places else replace(one, heat=empty) for place, one in enumerate(looks)]


def _common_size(subjects: Sequence[Subject]) -> tuple[int, int]:
    """Return the size at which maps are compared and shown: the largest input, enlarged where it is tiny."""
    height, width = max((subject.expects.resolution for subject in subjects), key=max)
    factor = max(1.0, LEAST_SHOWN_SIDE / min(height, width))
    return round(height * factor), round(width * factor)


def _masks(pictures: Pictures, objects: Objects | None, size: tuple[int, int]) -> list[Mask | None]:
    if objects is None or not isinstance(pictures, FilePictures):
        return [None] * len(pictures.names)
    found = [objects.mask(name, file, size) for name, file in zip(pictures.names, pictures.files, strict=True)]
    if not any(mask is not None for mask in found):
        raise InvalidInput(
            "--boxes", "no object of any picture", f"files named as in --images: {pictures.names[0]}, ..."
        )
    return found


def _text(value: object) -> object:
    return str(value) if isinstance(value, Path) else value
