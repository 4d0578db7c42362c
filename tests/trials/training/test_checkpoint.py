from __future__ import annotations

import pickle
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from search_spaces.errors import InvalidInput
from tests.trials.tiny import CPU, RESOLUTION, tiny_network, tiny_split
from trials.training.loop import train
from trials.training.state import TrainingResult
from trials.training_config import TrainingConfig

CONFIG = TrainingConfig(epochs=2, batch_size=16)


def run(checkpoint: Path, network: nn.Module | None = None, **changed: Any) -> TrainingResult:
    arguments: dict[str, Any] = {"split": tiny_split(), "config": CONFIG, "seed": 1, "resolution": RESOLUTION}
    arguments.update(changed)
    return train(network or tiny_network(), device=CPU, checkpoint=checkpoint, **arguments)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"seed": 2}, "seed=1"),
        ({"resolution": (8, 7)}, r"resolution=\(8, 8\)"),
        ({"split": tiny_split(train=60)}, "data="),
        ({"config": replace(CONFIG, epochs=1)}, "training.epochs=2"),
        ({"config": replace(CONFIG, ema_decay=0.9)}, "training.ema_decay=None"),
        ({"network": nn.Sequential(nn.Flatten(), nn.Linear(64, 4))}, "network="),
    ],
)
def test_another_trainings_checkpoint_is_refused(tmp_path: Path, changed: dict[str, Any], named: str) -> None:
    path = tmp_path / "training.pt"
    run(path)
    before = path.read_bytes()
    with pytest.raises(InvalidInput, match=named):
        run(path, **changed)
    assert path.read_bytes() == before


class Exploit:
    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.touch, (Path("exploited"),))


PICKLED = [pickle.dumps(content, protocol=2) for content in ({"identity": {}}, Exploit())]


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", *PICKLED], ids=["empty", "text", "dict", "exploit"])
def test_a_file_that_is_no_checkpoint_is_one_line(
    tmp_path: Path, content: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "training.pt"
    path.write_bytes(content)
    with pytest.raises(InvalidInput) as caught:
        run(path)
    assert "\n" not in str(caught.value)
    assert not Path("exploited").exists()


def test_a_truncated_checkpoint_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "training.pt"
    run(path)
    whole = path.read_bytes()
    for kept in (1, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:kept])
        with pytest.raises(InvalidInput):
            run(path)


@pytest.mark.parametrize("key", ["network", "optimizer", "history"])
def test_a_checkpoint_with_a_part_of_the_wrong_kind_is_refused(tmp_path: Path, key: str) -> None:
    path = tmp_path / "training.pt"
    run(path)
    content = torch.load(path, weights_only=True)
    for wrong in (None, 3, {"a": torch.zeros(1)}, [[1]]):
        torch.save({**content, key: wrong}, path)
        with pytest.raises(InvalidInput):
            run(path)


def test_nothing_is_left_beside_the_checkpoint(tmp_path: Path) -> None:
    run(tmp_path / "training.pt")
    assert [file.name for file in tmp_path.iterdir()] == ["training.pt"]


def test_only_a_finished_training_is_made_longer(tmp_path: Path) -> None:
    """A schedule of another length gave the epochs so far other learning rates."""
    path = tmp_path / "training.pt"

    def stop(_epoch: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(path, on_epoch=stop)
    with pytest.raises(InvalidInput, match=r"training\.epochs=2"):
        run(path, config=replace(CONFIG, epochs=4))
    run(path)
    assert len(run(path, config=replace(CONFIG, epochs=4)).history) == 4


def test_what_another_checkpoint_says_is_not_written_out(tmp_path: Path) -> None:
    path = tmp_path / "training.pt"
    run(path)
    content = torch.load(path, weights_only=True)
    endless: list[Any] = ["x" * 100]
    for _ in range(60):
        endless = [endless, endless]
    content["identity"]["seed"] = endless
    torch.save(content, path)
    with pytest.raises(InvalidInput, match="seed=list"):
        run(path)
