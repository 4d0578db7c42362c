"""A step's networks shared out over processes of one thread each. The numbers are those of one process.

Threads of torch gain little in layers this small, and beside other programs they wait for each other far longer than
they work. So each process computes whole networks. The gradients of each lie apart and are added in the order of the
networks, whoever computed them: one process more or less, or one that ends early, changes no number.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from trials.isolation.process import Child
from trials.objectives.shared.course import Course
from trials.objectives.shared.gradients import Batch, backward, forward
from trials.objectives.shared.helper import Helper, Share
from trials.objectives.shared.memory import Places, new_memory
from trials.objectives.shared.routes import Path
from trials.objectives.shared.sharing import Speeds, shares
from trials.objectives.shared.supernet import Supernet

log = logging.getLogger("compound_nas")
Answers = dict[int, tuple[float, Sequence[int]]]  # by row: the loss, and the places of the weights with gradients


class Alone:
    """Computes the gradients of all networks in this process, one after the other."""

    def __init__(self, supernet: Supernet, course: Course) -> None:
        self.supernet = supernet
        self.course = course

    def __call__(self, paths: Sequence[Path], images: Tensor, labels: Tensor) -> Tensor:
        """Add up the gradients of all networks on a batch of stored images [N, C, H, W]; return their mean loss."""
        batch = self._batch(images, labels)
        return mean([backward(forward(self.supernet, path, batch, self.course.config)) for path in paths])

    def _batch(self, images: Tensor, labels: Tensor) -> Batch:
        return Batch(part=self.course.training, images=images, labels=labels)

    def wait(self) -> None:
        """Wait for nobody."""

    def end(self) -> None:
        """Leave everything as it is."""


class Team(Alone):
    """Computes them together with helpers from when these are there; what a lost one should have done is done here."""

    def __init__(self, supernet: Supernet, course: Course, helpers: int) -> None:
        super().__init__(supernet, course)
        self._weights = [weight.detach() for weight in supernet.parameters()]
        self._places, rows = Places.of(self._weights), course.paths_a_step
        memory = new_memory((1 + rows) * self._places.floats)
        self._here = Helper(
            memory=memory,
            rows=rows,
            places=self._places,
            routes=course.routes,
            in_channels=supernet.in_channels,
            num_classes=supernet.num_classes,
            mean=course.training.mean,
            std=course.training.std,
            config=course.config,
        )
        self._copies = self._places.views(self._here.floats[0])
        self._sum = torch.empty(self._places.floats)
        self.helpers = [Child(replace(self._here), _ignore, shares=(memory,)) for _ in range(helpers)]
        self._coming = list(self.helpers)
        self._speeds = Speeds[Child | None]()  # None: this process
        for child in self.helpers:
            child.send(None)
        os.close(memory)

    def __call__(self, paths: Sequence[Path], images: Tensor, labels: Tensor) -> Tensor:
        """Set the gradients of the shared weights to the sum over all networks; return their mean loss."""
        ready = self._ready()
        if not ready or len(paths) < 2:
            return super().__call__(paths, images, labels)
        torch._foreach_copy_(self._copies, self._weights)
        batch = self._batch(images, labels)
        own, *others = shares(paths, self._speeds.of([None, *ready]))
        asked = list(zip(ready, others, strict=True))
        for child, share in asked:
            child.send(_share(share, batch))
        started = time.monotonic()
        answers = self._computed(own, batch)
        self._speeds.note(None, own, time.monotonic() - started)
        for child, share in asked:
            found = self._answered(child, share)
            answers |= self._computed(share, batch) if found is None else found
        self._add(answers)
        return mean([torch.tensor(answers[row][0]) for row in range(len(paths))])

    def wait(self) -> None:
        """Wait until all helpers are there."""
        while self._coming:
            self._take_in(self._coming[0])

    def end(self) -> None:
        """End the helpers."""
        while self.helpers:
            self.helpers.pop().end(at_once=True)

    def _ready(self) -> list[Child]:
        for child in [child for child in self._coming if child.has_answered()]:
            self._take_in(child)
        return [child for child in self.helpers if child not in self._coming]

    def _take_in(self, child: Child) -> None:
        self._coming.remove(child)
        message = child.receive()
        if message is None or "prepared" not in message:
            self._lose(child, message)

    def _answered(self, child: Child, share: Mapping[int, Path]) -> Answers | None:
        message = child.receive()
        if message is None or "metrics" not in message:
            self._lose(child, message)
            return None
        self._speeds.note(child, share, message["seconds"])
        return {int(row): answer for row, answer in message["metrics"].items()}

    def _lose(self, child: Child, message: Mapping[str, object] | None) -> None:
        self.helpers.remove(child)
        ended = child.end(at_once=message is not None)
        reason = ended if message is None else message.get("failure")
        log.warning("the training of the shared weights goes on with one process less: %s", reason)

    def _computed(self, share: Mapping[int, Path], batch: Batch) -> Answers:
        answers: Answers = {}
        for row, path in share.items():
            loss = forward(self.supernet, path, batch, self.course.config)
            answers[row] = self._here.fill(row, loss, self.supernet)
        return answers

    def _add(self, answers: Answers) -> None:
        rows = self._here.floats[1 : 1 + len(answers)]
        self._sum.copy_(rows[0])
        for row in rows[1:]:
            self._sum.add_(row)
        used = {place for _, places in answers.values() for place in places}
        sums = self._places.views(self._sum)
        for place, (weight, gradient) in enumerate(zip(self.supernet.parameters(), sums, strict=True)):
            weight.grad = gradient if place in used else None


@contextlib.contextmanager
def gradients_of(supernet: Supernet, course: Course, processes: int) -> Iterator[Alone]:
    """Give what computes a step's gradients, on a CPU with up to so many processes, which end with the block."""
    helpers = min(processes, course.paths_a_step) - 1 if course.training.device.type == "cpu" else 0
    computes = Team(supernet, course, helpers) if helpers > 0 else Alone(supernet, course)
    try:
        yield computes
    finally:
        computes.end()


def mean(losses: Sequence[Tensor]) -> Tensor:
    """Return the mean of losses, added in their order."""
    return functools.reduce(torch.add, losses) / len(losses)


def _ignore(_line: str) -> None:
    """Helpers print what this process prints too."""


def _share(share: dict[int, Path], batch: Batch) -> Share:
    return Share(paths=share, images=batch.images.numpy(), labels=batch.labels.numpy())
