"""Networks shared out over processes: the numbers of one process, whoever is lost, and nobody left behind."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path as File

import pytest
import torch
from torch.nn import functional

from tests.trials.isolation.test_process import gone, seen
from tests.trials.objectives.shared.test_scoring import ROUTES, tiny_supernet
from tests.trials.objectives.shared.test_training import CONFIG
from tests.trials.tiny import CPU, tiny_split
from trials.objectives.shared.course import course_over
from trials.objectives.shared.parallel import Alone, Team, gradients_of
from trials.objectives.shared.routes import Path
from trials.objectives.shared.supernet import Supernet
from trials.training.batches import stored_batches
from trials.training.loop import parts_of

PARTS = parts_of(tiny_split(), (1, 1), CPU)
TRAINING = PARTS[0]
COURSE = course_over(ROUTES, PARTS, CONFIG, seed=0)
PATHS = COURSE.paths(100)
IMAGES, LABELS = next(stored_batches(TRAINING, CONFIG, torch.Generator().manual_seed(0)))
HELPERS = 2
PARENT = """
import sys
from pathlib import Path
from tests.trials.objectives.shared.test_parallel import processes, team_of, tiny_supernet

team = team_of(tiny_supernet())
team.wait()
Path(sys.argv[1]).write_text(str(processes(team)[0]))
sys.stdin.read()
"""


def team_of(supernet: Supernet) -> Team:
    return Team(supernet, COURSE, HELPERS)


def processes(team: Team) -> list[int]:
    return [child.number for child in team.helpers]


@pytest.fixture
def team() -> Iterator[Team]:
    team = team_of(tiny_supernet().train())
    team.wait()
    yield team
    team.end()


def gradients(computes: Alone, paths: list[Path] = PATHS) -> tuple[float, list[torch.Tensor | None]]:
    computes.supernet.zero_grad()
    loss = computes(paths, IMAGES, LABELS)
    return float(loss), [None if w.grad is None else w.grad.clone() for w in computes.supernet.parameters()]


def alone() -> Alone:
    return Alone(tiny_supernet().train(), COURSE)


def same(first: list[torch.Tensor | None], other: list[torch.Tensor | None]) -> bool:
    return all(
        (one is None and two is None) or (one is not None and two is not None and torch.equal(one, two))
        for one, two in zip(first, other, strict=True)
    )


def test_loss_and_gradients_are_those_of_one_process_to_the_last_bit(team: Team) -> None:
    for paths in (PATHS, COURSE.paths(101), PATHS[:2], PATHS[:1]):
        loss, expected = gradients(alone(), paths)
        assert gradients(team, paths)[0] == loss
        assert same(gradients(team, paths)[1], expected)
    assert any(gradient is None for gradient in gradients(team, PATHS[:2])[1]), "unused weights have no gradient"


def test_gradients_are_those_of_the_sum_of_all_losses() -> None:
    expected, images = tiny_supernet(), [replace(TRAINING, resolution=p.architecture.input_size) for p in PATHS]
    logits = [expected(part.prepare(IMAGES), path) for part, path in zip(images, PATHS, strict=True)]
    smoothing = CONFIG.label_smoothing
    loss = sum(functional.cross_entropy(answers, LABELS, label_smoothing=smoothing) for answers in logits)
    assert isinstance(loss, torch.Tensor)
    loss.backward()  # type: ignore[no-untyped-call]
    mean_loss, found = gradients(alone())
    assert mean_loss == pytest.approx(loss.item() / len(PATHS), rel=1e-5)
    for gradient, weight in zip(found, expected.parameters(), strict=True):
        torch.testing.assert_close(gradient, weight.grad, rtol=1e-4, atol=1e-6)


def test_helpers_compute_at_the_weights_of_the_moment(team: Team) -> None:
    other = alone()
    for computes in (team, other):
        gradients(computes)
        torch.optim.SGD(computes.supernet.parameters(), lr=0.1).step()
    assert same(gradients(team)[1], gradients(other)[1])


def test_a_helper_that_is_lost_changes_no_number(team: Team, caplog: pytest.LogCaptureFixture) -> None:
    expected = gradients(alone())
    first, other = processes(team)
    os.kill(first, signal.SIGKILL)
    with caplog.at_level(logging.WARNING):
        loss, found = gradients(team)
    assert loss == expected[0] and same(found, expected[1])
    assert processes(team) == [other]
    assert "one process less: its process was killed (SIGKILL)" in caplog.text
    os.kill(other, signal.SIGKILL)
    assert same(gradients(team)[1], expected[1]) and processes(team) == []


def test_what_goes_wrong_in_a_helper_goes_wrong_here(team: Team) -> None:
    with pytest.raises(RuntimeError, match="channels"):
        team(PATHS, IMAGES.repeat(1, 2, 1, 1), LABELS)


def test_helpers_end_with_the_block_however_it_ends() -> None:
    with (
        pytest.raises(KeyboardInterrupt),
        gradients_of(tiny_supernet(), COURSE, 1 + HELPERS) as computes,
    ):
        assert isinstance(computes, Team)
        begun = processes(computes)
        raise KeyboardInterrupt
    assert len(begun) == HELPERS
    assert all(gone(process) for process in begun)


def test_one_process_has_no_helpers_and_there_are_not_more_processes_than_networks() -> None:
    with gradients_of(tiny_supernet(), COURSE, 1) as computes:
        assert not isinstance(computes, Team)
    with gradients_of(tiny_supernet(), COURSE, 16) as computes:
        assert isinstance(computes, Team)
        assert 1 + len(computes.helpers) == len(PATHS)


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_no_helper_outlives_a_parent_that_is_killed(tmp_path: File) -> None:
    noted = tmp_path / "number"
    parent = subprocess.Popen([sys.executable, "-c", PARENT, str(noted)], stdin=subprocess.PIPE)
    helper = seen(noted)
    parent.kill()
    parent.communicate()
    assert gone(helper)
