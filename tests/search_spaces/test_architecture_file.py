from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from search_spaces import InvalidInput, load_architecture, save_architecture
from search_spaces.architecture_file import architecture_mapping, parse_architecture
from search_spaces.reference import REFERENCES, reference

Change = Callable[[dict[str, Any]], Any]


def b0_mapping() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(yaml.safe_dump(architecture_mapping(reference("efficientnet-b0"))))
    content["cost"] = {
        "flops": 385_814_752,
        "params": 5_288_548,
        "activations": 6_748_036,
        "counter": "closed-form",
        "num_classes": 1000,
    }
    return content


@pytest.mark.parametrize("name", REFERENCES)
def test_round_trip(name: str, tmp_path: Path) -> None:
    path = tmp_path / "network.yaml"
    save_architecture(reference(name), path)
    loaded = load_architecture(path)
    assert loaded == reference(name)
    assert loaded.name == name


def test_round_trip_of_a_non_square_resolution(tmp_path: Path) -> None:
    content = b0_mapping() | {"resolution": [96, 128]}
    del content["cost"]
    save_architecture(parse_architecture(content), tmp_path / "wide.yaml")
    assert load_architecture(tmp_path / "wide.yaml").resolution == (96, 128)


def test_the_cost_in_a_file_is_the_published_one() -> None:
    assert parse_architecture(b0_mapping()) == reference("efficientnet-b0")


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "network.yaml"
    save_architecture(reference("efficientnet-b0"), path)
    before = path.read_bytes()

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full_disk)
    with pytest.raises(OSError, match="No space"):
        save_architecture(reference("efficientnet-b7"), path)
    assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir()] == ["network.yaml"]


MALFORMED: list[tuple[str, Change]] = [
    ("cost.flops", lambda c: c["cost"].update(flops=385_814_753)),
    ("cost.params", lambda c: c["cost"].update(params=1)),
    ("cost.activations", lambda c: c["cost"].update(activations=1)),
    ("cost.counter", lambda c: c["cost"].pop("counter")),
    ("cost.macs", lambda c: c["cost"].update(macs=1)),
    ("stages.1.kernel_size", lambda c: c["stages"][1].update(kernel_size=4)),
    ("stages.1.kernel_size", lambda c: c["stages"][1].update(kernel_size="3")),
    ("stages.2.kernel", lambda c: c["stages"][2].update(kernel=3)),
    ("stages.0.op", lambda c: c["stages"][0].update(op="resblock")),
    ("stages.0.width", lambda c: c["stages"][0].pop("width")),
    ("stages.0.depth", lambda c: c["stages"][0].update(depth=0)),
    ("stages.0.stride", lambda c: c["stages"][0].update(stride=True)),
    ("stages.0", lambda c: c["stages"].insert(0, None)),
    ("stages", lambda c: c.update(stages=[])),
    ("stages", lambda c: c.update(stages={})),
    ("stem", lambda c: c.pop("stem")),
    ("stem.stride", lambda c: c["stem"].update(stride=-1)),
    ("head.width", lambda c: c["head"].update(width=12.5)),
    ("resolution", lambda c: c.update(resolution=[1, 2, 3])),
    ("resolution", lambda c: c.update(resolution="large")),
    ("dropout", lambda c: c.update(dropout=float("nan"))),
    ("activation", lambda c: c.update(activation="tanh")),
    ("squeeze", lambda c: c.update(squeeze=True)),
]


@pytest.mark.parametrize(("key", "change"), MALFORMED)
def test_a_malformed_file_names_the_key_on_one_line(key: str, change: Change, tmp_path: Path) -> None:
    content = b0_mapping()
    change(content)
    path = tmp_path / "bad.yaml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(InvalidInput) as caught:
        load_architecture(path)
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a", "a: [", "a: !!python/object:os.system {}", "\x00", "[" * 5000])
def test_what_is_no_yaml_mapping_names_the_file(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(InvalidInput, match=r"bad\.yaml"):
        load_architecture(path)


def test_an_unknown_name_lists_the_known_ones() -> None:
    with pytest.raises(InvalidInput, match="efficientnet-b0"):
        load_architecture("resnet-9000")
