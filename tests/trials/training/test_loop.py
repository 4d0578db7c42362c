from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from tests.trials.tiny import CPU, RESOLUTION, RandomNet, tiny_network, tiny_split
from trials.training.loop import Diverged, evaluate, in_bfloat16, parts_of, train
from trials.training.state import EpochResult, TrainingResult
from trials.training_config import Autocast, TrainingConfig

EVERYTHING = TrainingConfig(
    epochs=4, batch_size=16, ema_decay=0.9, recalibrate_batches=2, flip=False, crop_padding=1, cutout=1
)
CONFIGS = {
    "sgd": replace(EVERYTHING, ema_decay=None, recalibrate_batches=0),
    "everything": EVERYTHING,
    "rmsprop": replace(EVERYTHING, optimizer="rmsprop", learning_rate=0.01, schedule="exponential"),
}


def run(config: TrainingConfig, network: nn.Module | None = None, seed: int = 5, **options: Any) -> TrainingResult:
    options.setdefault("split", tiny_split())
    network = tiny_network() if network is None else network
    return train(network, config=config, resolution=RESOLUTION, seed=seed, device=CPU, threads=1, **options)


class Stop(Exception):
    """What a pruner or a signal raises."""


def stop_after(epoch: int) -> Callable[[EpochResult], None]:
    def stop(result: EpochResult) -> None:
        if result.epoch == epoch:
            raise Stop

    return stop


def numbers(result: TrainingResult) -> list[tuple[float, ...]]:
    """Return all but the seconds."""
    return [astuple(epoch)[:-1] for epoch in result.history]


@pytest.mark.parametrize("name", CONFIGS)
def test_it_learns(name: str) -> None:
    config = replace(CONFIGS[name], epochs=12)
    result = run(config, split=tiny_split(train=200, validation=100))
    assert result.val_accuracy > 0.9
    assert [epoch.epoch for epoch in result.history] == list(range(1, 13))
    assert result.seconds == sum(epoch.seconds for epoch in result.history) > 0


@pytest.mark.parametrize("name", CONFIGS)
def test_the_same_seed_gives_the_same_numbers(name: str) -> None:
    first_network, second_network = tiny_network(), tiny_network()
    first = run(CONFIGS[name], first_network)
    torch.rand(17)  # the global generator is somewhere else
    second = run(CONFIGS[name], second_network)
    assert numbers(first) == numbers(second)
    assert all(torch.equal(a, b) for a, b in zip(first_network.parameters(), second_network.parameters(), strict=True))
    assert numbers(run(CONFIGS[name], seed=6)) != numbers(first)


PROGRAM = """
import json, torch
torch.manual_seed(123)
from tests.trials.training.test_loop import EVERYTHING, numbers, run
print(json.dumps(numbers(run(EVERYTHING))))
"""


@pytest.mark.slow
def test_another_process_gives_the_same_numbers() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, cwd=root)
    assert [tuple(epoch) for epoch in json.loads(done.stdout)] == numbers(run(EVERYTHING))


def test_the_process_is_left_as_it_was() -> None:
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    run(CONFIGS["sgd"])
    assert torch.equal(torch.get_rng_state(), state)
    with pytest.raises(Stop):
        run(CONFIGS["sgd"], on_epoch=stop_after(1))
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.get_num_threads() == threads


def test_the_callback_cannot_change_the_numbers() -> None:
    def noisy(_epoch: EpochResult) -> None:
        torch.manual_seed(0)

    assert numbers(run(EVERYTHING, on_epoch=noisy)) == numbers(run(EVERYTHING))


@pytest.mark.parametrize("name", CONFIGS)
@pytest.mark.parametrize("stopped_after", [1, 3])
def test_a_stopped_training_goes_on_and_ends_the_same(tmp_path: Path, name: str, stopped_after: int) -> None:
    path = tmp_path / "training.pt"

    uninterrupted_network, resumed_network = tiny_network(), tiny_network(seed=99)
    uninterrupted = run(CONFIGS[name], uninterrupted_network)
    with pytest.raises(Stop):
        run(CONFIGS[name], checkpoint=path, on_epoch=stop_after(stopped_after))
    seen: list[EpochResult] = []
    resumed = run(CONFIGS[name], resumed_network, checkpoint=path, on_epoch=seen.append)
    assert numbers(resumed) == numbers(uninterrupted)
    assert tuple(seen) == resumed.history
    ours, theirs = resumed_network.state_dict(), uninterrupted_network.state_dict()
    assert all(torch.equal(ours[key], theirs[key]) for key in theirs)


def test_a_finished_training_is_not_repeated(tmp_path: Path) -> None:
    path = tmp_path / "training.pt"
    first = run(EVERYTHING, checkpoint=path)
    network = tiny_network(seed=99)
    network.register_forward_pre_hook(lambda *_: pytest.fail("trained again"))
    assert run(EVERYTHING, network, checkpoint=path) == first


def test_a_checkpoint_that_cannot_be_written_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "training.pt"

    def full_disk(_content: object, stream: Any) -> None:
        stream.write(b"half")
        raise OSError(28, "No space left on device")

    with pytest.raises(Stop):
        run(EVERYTHING, checkpoint=path, on_epoch=stop_after(1))
    before = path.read_bytes()
    monkeypatch.setattr(torch, "save", full_disk)
    with pytest.raises(OSError, match="No space"):
        run(EVERYTHING, checkpoint=path)
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir()] == ["training.pt"]


@pytest.mark.parametrize("name", CONFIGS)
def test_the_network_ends_with_the_weights_that_were_judged(name: str) -> None:
    network, split = tiny_network(), tiny_split()
    result = run(CONFIGS[name], network, split=split)
    _, validation = parts_of(split, RESOLUTION, CPU)
    accuracy, loss = evaluate(network, validation, batch_size=7)
    assert accuracy == result.val_accuracy
    assert loss == pytest.approx(result.val_loss, rel=1e-5)


def test_evaluation_is_the_plain_accuracy_and_cross_entropy() -> None:
    split = tiny_split()
    network = tiny_network().eval()
    _, validation = parts_of(split, RESOLUTION, CPU)
    images = (split.validation_images / 255 - split.mean[0]) / split.std[0]
    logits = network(images)
    accuracy, loss = evaluate(network.train(), validation, batch_size=7)
    assert accuracy == (logits.argmax(1) == split.validation_labels).double().mean().item()
    assert loss == pytest.approx(functional.cross_entropy(logits, split.validation_labels).item(), rel=1e-5)


class Explosive(RandomNet):
    """Turn to not-a-number after so many training batches."""

    def __init__(self, batches: int) -> None:
        super().__init__()
        self.left = batches

    def forward(self, input: Tensor) -> Tensor:
        logits: Tensor = super().forward(input)
        self.left -= self.training
        return logits if self.left >= 0 else logits * torch.nan


def test_divergence_names_epoch_and_step() -> None:
    with pytest.raises(Diverged, match="epoch 2, step 3") as caught:
        run(CONFIGS["sgd"], Explosive(batches=4 + 2))  # 70 images are 4 batches of 16
    assert (caught.value.epoch, caught.value.step) == (2, 3)


def test_weights_broken_by_the_last_step_are_found_in_validation(tmp_path: Path) -> None:
    path = tmp_path / "training.pt"
    config = replace(CONFIGS["sgd"], epochs=1, batch_size=64, learning_rate=1e38, warmup_epochs=0)
    with pytest.raises(Diverged, match="epoch 1, validation"):
        run(config, checkpoint=path)
    assert not path.exists()


def test_other_failures_pass_through() -> None:
    def out_of_memory(*_: object) -> None:
        raise torch.OutOfMemoryError("too large")

    network = tiny_network()
    network.register_forward_pre_hook(out_of_memory)
    with pytest.raises(torch.OutOfMemoryError):
        run(CONFIGS["sgd"], network)


@pytest.mark.parametrize(
    ("autocast", "expected"), [("auto", torch.float32), ("off", torch.float32), ("bf16", torch.bfloat16)]
)
def test_autocast_on_a_cpu_is_only_on_request(autocast: Any, expected: torch.dtype) -> None:
    network = tiny_network()
    types: set[torch.dtype] = set()
    network.register_forward_hook(lambda _module, _inputs, output: types.add(output.dtype))
    result = run(replace(EVERYTHING, autocast=autocast), network)
    assert types == {expected}
    assert result.val_loss > 0


@pytest.mark.parametrize(
    ("mode", "device", "shape", "expected"),
    [
        ("auto", "cuda", (256, 3, 224, 224), True),
        ("auto", "cuda", (64, 1, 28, 28), False),  # a GPU waits for its orders there
        ("auto", "cpu", (256, 3, 224, 224), False),
        ("bf16", "cuda", (64, 1, 28, 28), True),
        ("off", "cuda", (256, 3, 224, 224), False),
    ],
)
def test_bfloat16_is_for_large_batches_of_a_gpu(
    mode: Autocast, device: str, shape: tuple[int, ...], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda: True)
    assert in_bfloat16(mode, torch.device(device), shape) == expected


def test_it_trains_at_another_resolution_than_the_stored_one() -> None:
    network = tiny_network()
    sizes: set[torch.Size] = set()
    network.register_forward_pre_hook(lambda _module, inputs: sizes.add(inputs[0].shape[2:]))
    train(network, tiny_split(), CONFIGS["sgd"], resolution=(11, 13), seed=0, device=CPU)
    assert sizes == {torch.Size((11, 13))}
