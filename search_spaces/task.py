"""The task of a network: what it is given and what it answers."""

from __future__ import annotations

from typing import NamedTuple

from search_spaces.checks import check_integer

MOST_CLASSES, MOST_CHANNELS = 1_000_000, 1_000


class Task(NamedTuple):
    """Images of how many channels are told apart into how many classes; in the order of `estimate_cost`.

    >>> from search_spaces.cost import estimate_cost
    >>> from search_spaces.reference import reference
    >>> estimate_cost(reference("efficientnet-b0"), *Task(num_classes=10)).params
    4020358
    """

    num_classes: int = 1000
    in_channels: int = 3


IMAGENET = Task()


def check_task(num_classes: int, in_channels: int) -> None:
    """Raise InvalidInput for a task that no network is built for."""
    check_integer("num_classes", num_classes, 1, MOST_CLASSES)
    check_integer("in_channels", in_channels, 1, MOST_CHANNELS)
