from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file

from search_spaces import Architecture, Head, InvalidInput, Stage, Stem, save_architecture
from search_spaces.network import Network, build_network
from search_spaces.weights import ARCHITECTURE, WEIGHTS, Expects, load_trained, save_weights

SMALL = Architecture(
    resolution=12,
    stem=Stem(width=4),
    stages=(Stage(op="mbconv", expansion_ratio=2, se_ratio=0.25, width=6, depth=2),),
    head=Head(width=8),
    drop_path=0.1,
)
EXPECTS = Expects(resolution=(12, 12), mean=(0.5,), std=(0.25,), num_classes=3, classes=("ape", "bee", "cat"))


def write(folder: Path) -> Network:
    network = build_network(SMALL, in_channels=1, num_classes=3)
    network.train()(torch.rand(8, 1, 12, 12))  # statistics that are not the initial ones
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    save_architecture(SMALL, folder / ARCHITECTURE, num_classes=3)
    save_weights(network, EXPECTS, folder / WEIGHTS)
    return network.eval()


def test_a_loaded_network_answers_like_the_saved_one(tmp_path: Path) -> None:
    network = write(tmp_path)
    loaded, expects = load_trained(tmp_path)
    images = torch.rand(5, 1, 12, 12)
    assert expects == EXPECTS
    assert not loaded.training
    torch.testing.assert_close(loaded(images), network(images))


def test_any_reader_of_safetensors_finds_the_state_dict(tmp_path: Path) -> None:
    network = write(tmp_path)
    weights = load_file(tmp_path / WEIGHTS)
    assert weights.keys() == network.state_dict().keys()
    assert all(torch.equal(weights[name], value) for name, value in network.state_dict().items())


def test_equal_networks_leave_equal_files(tmp_path: Path) -> None:
    network = write(tmp_path)
    for index in range(8):
        save_weights(network, EXPECTS, tmp_path / f"{index}")
        assert (tmp_path / f"{index}").read_bytes() == (tmp_path / WEIGHTS).read_bytes()


def test_what_does_not_belong_together_is_refused(tmp_path: Path) -> None:
    write(tmp_path)
    wider = replace(SMALL, stages=(replace(SMALL.stages[0], width=8),))
    save_architecture(wider, tmp_path / ARCHITECTURE, num_classes=3)
    with pytest.raises(InvalidInput, match="weights"):
        load_trained(tmp_path)


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\x80\x04N."])
def test_a_file_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    write(tmp_path)
    (tmp_path / WEIGHTS).write_bytes(content)
    with pytest.raises(InvalidInput, match="weights"):
        load_trained(tmp_path)


def test_weights_of_others_are_refused_by_name(tmp_path: Path) -> None:
    network = write(tmp_path)
    save_file(network.state_dict(), tmp_path / WEIGHTS)
    with pytest.raises(InvalidInput, match=r"weights.safetensors.expects"):
        load_trained(tmp_path)


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=r"architecture\.yaml"):
        load_trained(tmp_path)
