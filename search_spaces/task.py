"""The task of a network: what it is given and what it answers."""

from __future__ import annotations

from typing import NamedTuple


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
