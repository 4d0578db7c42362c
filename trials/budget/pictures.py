"""The training that a budget affords a candidate: on how large pictures, for how long. No torch until it is timed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar

from search_spaces.architecture import Architecture
from search_spaces.validation import validated
from trials.budget.begun import Begun
from trials.budget.length import Length, Pace
from trials.budget.measuring import Images, measured_pace
from trials.budget.standing import length_within, standing_images, standing_length
from trials.budget.words import goes_on, trained_on
from trials.budget.written import is_written
from trials.data.facts import data_facts
from trials.derivation import FEW_IMAGES, derive_proxy
from trials.duration import duration
from trials.experiment import Experiment
from trials.proxy import Proxy
from trials.resolving import space_of

Kind = TypeVar("Kind", bound=Experiment)
Settings = Mapping[str, Any]
PROXY = "proxy"
OFTEN = 10  # a candidate that sees all images so often learns little more from pictures of this size


@dataclass(frozen=True, kw_only=True, slots=True)
class Afforded(Generic[Kind]):
    """An experiment with the pictures that its budget affords, the pace of its trainings, and their length.

    `begun` is the study that goes on with these trainings.
    """

    experiment: Kind
    pace: Pace
    length: Length
    begun: Begun | None

    @property
    def seconds(self) -> float:
        """Seconds of a training."""
        return self.pace.seconds(self.length)

    @property
    def told(self) -> str:
        """The training in words."""
        what = f"{trained_on(self.length)}{_of_pixels(self.experiment)}"
        return f"each trained on {what}, about {duration(self.seconds)}{goes_on(self.begun)}"


def afforded(
    experiment: Kind,
    written: Settings,
    begun: Begun | None,
    images: Images,
    networks: Sequence[Architecture],
    seconds_of: Callable[[Pace], float],
    *,
    beyond: Sequence[int] = (),
) -> Afforded[Kind]:
    """Return the training of a candidate: what was written or begun stands, all else follows from the time it may take.

    `seconds_of` says at a pace how long a training may take; it is asked where the length is open. `networks` are
    timed. A training goes `beyond` so many epochs. Where the size of the pictures is open they are small, unless a
    candidate could then see all images ten times and more, and as many of larger ones as it has to.
    """
    standing = standing_length(experiment, written, begun, images.most)

    def of(sized: Kind) -> Afforded[Kind]:
        pace = measured_pace(networks, sized)
        length = standing or length_within(seconds_of(pace), pace, sized, written, begun, images.most, beyond=beyond)
        return Afforded(experiment=sized, pace=pace, length=length, begun=begun)

    if begun is not None and begun.proxy and not is_written(written, PROXY):
        return of(replace(experiment, proxy=validated(Proxy, dict(begun.proxy))))
    used = standing_images(experiment, written, begun, images.most) or images.most
    if standing is not None or is_written(written, PROXY) or used <= FEW_IMAGES:
        return of(experiment)
    small, large = _small_and_large(experiment)
    found = of(small)
    if small.proxy == large.proxy or found.length.seen < OFTEN * images.most:
        return found
    larger = of(large)
    return larger if larger.length.seen >= images.default.seen else found


def _of_pixels(experiment: Experiment) -> str:
    """Return in words what of a picture a proxy sees, where that is one side of all networks."""
    deployed = experiment.resolution
    return f" at {round(deployed * experiment.proxy.resolution)} px" if isinstance(deployed, int) else ""


def _small_and_large(experiment: Kind) -> tuple[Kind, Kind]:
    """Return the experiment with the proxies that follow from its images, on smaller and on larger pictures."""
    side = min(data_facts(experiment.data.name, Path(experiment.data.folder)).size)
    skeleton = space_of(experiment).skeleton
    small, large = (derive_proxy(skeleton.input_size, side, skeleton, small=small) for small in (True, False))
    return replace(experiment, proxy=validated(Proxy, small)), replace(experiment, proxy=validated(Proxy, large))
