from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from nas.predict.prediction import predictions, read_network
from search_spaces import Architecture, Head, InvalidInput, Stage, Stem, save_architecture
from search_spaces.network import build_network
from search_spaces.weights import Expects, save_weights
from trials.data.image_files import image_files, read_image

TINY = Architecture(
    name="tiny",
    resolution=(12, 16),
    stem=Stem(width=8),
    stages=(Stage(op="mbconv", kernel_size=3, stride=2, expansion_ratio=4, width=16, depth=1, se_ratio=0.25),),
    head=Head(width=32),
)


def trained(folder: Path, channels: int = 3, classes: tuple[str, ...] | None = ("cat", "dog", "owl")) -> Path:
    """Weights as `nas train` leaves them, drawn at random."""
    torch.manual_seed(0)
    network = build_network(TINY, channels, 3)
    expects = Expects(
        resolution=(12, 16), mean=(0.4,) * channels, std=(0.2,) * channels, num_classes=3, classes=classes
    )
    folder.mkdir(parents=True, exist_ok=True)
    save_architecture(TINY, folder / "architecture.yaml", num_classes=3)
    save_weights(network, expects, folder / "weights.safetensors")
    return folder


def pictures(folder: Path, count: int) -> list[Path]:
    """Noise of several sizes."""
    rng = np.random.default_rng(0)
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        pixels = rng.integers(0, 256, (20 + number, 30, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{number:03}.png")
    return sorted(folder.iterdir())


def test_confidences_are_the_softmax_of_the_network(tmp_path: Path) -> None:
    network = read_network(trained(tmp_path / "net"))
    files = pictures(tmp_path / "p", 70)  # more than a batch
    found = list(predictions(network, files, top=3))
    assert [prediction.file for prediction in found] == files
    image = torch.from_numpy(read_image(files[66], (12, 16), 3)).float()
    with torch.inference_mode():
        expected = network.network(((image / 255 - 0.4) / 0.2)[None]).softmax(1)[0]
    ranked = dict(found[66].classes)
    assert ranked == pytest.approx(dict(zip(("cat", "dog", "owl"), expected.tolist(), strict=True)), abs=1e-5)
    assert list(ranked.values()) == sorted(ranked.values(), reverse=True)


def test_the_weights_file_stands_for_its_folder_and_classes_may_have_no_names(tmp_path: Path) -> None:
    folder = trained(tmp_path / "net", channels=1, classes=None)
    network = read_network(folder / "weights.safetensors")
    (found,) = predictions(network, pictures(tmp_path / "p", 1), top=1)
    assert len(found.classes) == 1
    assert found.classes[0][0] in {"0", "1", "2"}


def test_what_is_no_image_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    network = read_network(trained(tmp_path / "net"))
    with pytest.raises(InvalidInput, match="notes"):
        list(predictions(network, image_files([tmp_path / "notes.txt"]), top=1))
