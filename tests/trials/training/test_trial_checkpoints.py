from __future__ import annotations

import signal
from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from trials.console.interruption import Interrupted
from trials.experiment import Compute, DataConfig
from trials.objectives.train import Training
from trials.proxy import Proxy
from trials.study.candidate import Candidate, Metrics, Stopped, ignore_reports
from trials.training_config import TrainingConfig

B0 = reference("efficientnet-b0")
CANDIDATE = Candidate(number=0, trial_id=0, architecture=B0, seed=3, cost=estimate_cost(B0))
TRAINING = Training(
    data=DataConfig(name="digits", train_images=128, validation_images=64),
    proxy=Proxy(width=0.125, depth=0.5, resolution=0.0357, drop_strides=4),
    training=TrainingConfig(epochs=3, batch_size=32),
    compute=Compute(threads=1),
)


def figures(metrics: Metrics) -> Metrics:
    return {name: value for name, value in metrics.items() if name != "train_seconds"}


def test_a_training_that_was_cut_off_goes_on_in_its_trial(tmp_path: Path) -> None:
    undisturbed = TRAINING(CANDIDATE, ignore_reports)
    kept, epochs = replace(TRAINING, checkpoints=tmp_path), list[int]()

    def interrupt(epoch: int, _accuracy: float) -> None:
        epochs.append(epoch)
        if epoch == 2:
            raise Interrupted(signal.SIGTERM)

    with pytest.raises(Interrupted):
        kept(CANDIDATE, interrupt)
    (file,) = tmp_path.iterdir()
    before = file.stat().st_mtime_ns
    seen = list[int]()
    resumed = kept(CANDIDATE, lambda _epoch, _accuracy: seen.append(file.stat().st_mtime_ns - before))
    assert figures(resumed) == figures(undisturbed)
    assert [change > 0 for change in seen] == [False, False, True]  # two epochs told again, one trained
    assert not any(tmp_path.iterdir())


def test_nothing_is_left_of_a_trial_that_ended(tmp_path: Path) -> None:
    kept = replace(TRAINING, checkpoints=tmp_path)

    def stop(epoch: int, _accuracy: float) -> None:
        assert any(tmp_path.iterdir())
        if epoch == 2:
            raise Stopped

    with pytest.raises(Stopped):
        kept(CANDIDATE, stop)
    assert not any(tmp_path.iterdir())


def test_one_epoch_needs_no_checkpoint(tmp_path: Path) -> None:
    kept = replace(TRAINING, checkpoints=tmp_path / "none", training=TrainingConfig(epochs=1, batch_size=32))
    kept(CANDIDATE, ignore_reports)
    assert not (tmp_path / "none").exists()
