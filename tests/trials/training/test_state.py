from __future__ import annotations

import torch

from tests.trials.tiny import tiny_network
from trials.training.state import EpochResult, TrainingResult, start
from trials.training_config import TrainingConfig


def test_what_counts_is_the_last_epoch_and_never_the_best() -> None:
    epochs = [(1, 2.0, 0.9, 0.3, 1.5), (2, 1.0, 0.6, 0.8, 0.25)]
    result = TrainingResult(history=tuple(EpochResult(*epoch) for epoch in epochs))
    assert (result.val_accuracy, result.val_loss, result.seconds) == (0.6, 0.8, 1.75)


def test_without_an_average_the_network_itself_is_judged() -> None:
    network = tiny_network()
    state = start(network, TrainingConfig(ema_decay=None))
    assert state.average is None
    assert state.judged is state.network is network
    assert state.history == []


def test_an_average_that_is_kept_is_judged_and_starts_at_the_weights() -> None:
    network = tiny_network()
    state = start(network, TrainingConfig(ema_decay=0.9))
    assert state.average is not None
    assert state.judged is not network
    pairs = zip(state.judged.parameters(), network.parameters(), strict=True)
    assert all(torch.equal(averaged, live) for averaged, live in pairs)


def test_the_optimizer_has_every_weight_once() -> None:
    network = tiny_network()
    optimizer = start(network, TrainingConfig(optimizer="sgd")).optimizer
    held = [weight for group in optimizer.param_groups for weight in group["params"]]
    assert sorted(map(id, held)) == sorted(map(id, network.parameters()))
