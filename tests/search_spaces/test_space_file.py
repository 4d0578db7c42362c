from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
import yaml

from search_spaces import InvalidInput, SearchSpace, load_space
from search_spaces.space_file import parse_space

MNASNET_WIDTHS = {0: (16, 24), 1: (24, 32), 3: (48, 64, 80), 4: (80, 96, 112), 5: (128, 160, 192)}


def test_multipliers_round_as_published() -> None:
    # 112 (MnasNet-A1) is 96 x 1.2, 80 is 64 x 1.2, 192 (EfficientNet-B0) is 160 x 1.2
    choices = {choice.name: choice.options for choice in load_space("mnasnet").choices}
    for stage, widths in MNASNET_WIDTHS.items():
        assert choices[f"stages.{stage}.width"] == widths


def test_offsets_never_leave_a_stage_empty() -> None:
    choices = {choice.name: choice.options for choice in load_space("mnasnet").choices}
    assert choices["stages.0.depth"] == (1, 2)
    assert choices["stages.3.depth"] == (3, 4, 5)


def test_a_space_of_the_user_with_a_skeleton_file(tmp_path: Path) -> None:
    from search_spaces import save_architecture
    from search_spaces.reference import reference

    save_architecture(reference("efficientnet-b0"), tmp_path / "mine.yaml")
    space = {"name": "mine", "skeleton": "mine.yaml", "every_stage": {"depth": {"add": [0, 1]}}}
    (tmp_path / "space.yaml").write_text(yaml.safe_dump(space))
    assert load_space(tmp_path / "space.yaml").size == 2**7


MALFORMED: list[tuple[str, dict[str, Any]]] = [
    ("name", {"name": None}),
    ("skeleton", {"skeleton": "resnet-9000"}),
    ("skeleton.stem", {"skeleton": {"resolution": 32, "stages": [], "head": {"width": 8}}}),
    ("extra", {"extra": 1}),
    ("stages.9", {"stages": {"9": {"depth": 1}}}),
    ("stages.first", {"stages": {"first": {"depth": 1}}}),
    ("stages.0.kernel", {"every_stage": {"kernel": 3}}),
    ("stages.0.kernel_size", {"every_stage": {"kernel_size": {"one_of": [3, 4]}}}),
    ("stages.0.kernel_size", {"every_stage": {"kernel_size": {"one_of": [3, "5"]}}}),
    ("stages.0.kernel_size.one_of", {"every_stage": {"kernel_size": {"one_of": []}}}),
    ("stages.0.kernel_size", {"every_stage": {"kernel_size": {"oneof": [3, 5]}}}),
    ("stages.0.kernel_size", {"every_stage": {"kernel_size": {"one_of": [3], "add": [1]}}}),
    ("stages.0.kernel_size.multiply", {"every_stage": {"kernel_size": {"multiply": [2]}}}),
    ("stages.0.width.multiply", {"every_stage": {"width": {"multiply": ["1x"]}}}),
    ("stages.0.width.multiply", {"every_stage": {"width": {"multiply": [0]}}}),
    ("stages.0.width.add", {"every_stage": {"width": {"add": [8]}}}),
    ("stages.0.depth.add", {"every_stage": {"depth": {"add": [0.5]}}}),
    ("stages.0.op", {"every_stage": {"op": "conv3x3"}}),
    ("stages.0.one_of", {"every_stage": {"one_of": []}}),
    ("stages.0.one_of", {"every_stage": {"one_of": ["conv"]}}),
    ("stages.0.one_of.0.kernel", {"every_stage": {"one_of": [{"kernel": 3}]}}),
    ("stages.0.one_of.0.depth", {"every_stage": {"one_of": [{"depth": -1}]}}),
    ("stages.0.depth", {"every_stage": {"depth": 0}}),
    ("stages", {"every_stage": {"one_of": [{"depth": 0}, {"depth": 1}]}}),
    ("stages.0", {"every_stage": {name: {"one_of": list(range(1, 500, 2))} for name in ("width", "depth")}
                  | {"expansion_ratio": {"one_of": list(range(1, 20))}}}),
    ("stem.depth", {"stem": {"depth": 3}}),
    ("stem.width", {"stem": {"width": 0}}),
    ("resolution", {"resolution": {"one_of": [224, "big"]}}),
    ("activation", {"activation": "tanh"}),
]  # fmt: skip


@pytest.mark.parametrize(("key", "change"), MALFORMED)
def test_a_malformed_space_names_the_key_on_one_line(key: str, change: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_space({"name": "bad", "skeleton": "efficientnet-b0"} | change)
    assert caught.value.key == key
    assert "\n" not in str(caught.value)


def test_an_unknown_space_lists_the_shipped_ones() -> None:
    with pytest.raises(InvalidInput, match="efficientnet, mnasnet"):
        load_space("darts")


@pytest.mark.parametrize("name", ["op", "skip", "width", "depth"])
def test_a_list_in_the_place_of_a_stage_field_is_refused(name: str) -> None:
    with pytest.raises(InvalidInput, match="accepted: plain values"):
        parse_space({"name": "x", "skeleton": "mobilenet-v2", "stages": {"1": {"one_of": [{name: [1]}]}}})


def space_of_stages(count: int) -> SearchSpace:
    stages = [{"op": "mbconv", "width": 16, "depth": 2}] * count
    skeleton = {"resolution": 32, "stem": {"width": 8}, "stages": stages, "head": {"width": None}}
    return parse_space({"name": "deep", "skeleton": skeleton, "every_stage": {"depth": {"add": [-1, 0, 1]}}})


def test_as_many_stages_as_are_allowed_are_encoded_and_more_are_refused() -> None:
    space = space_of_stages(256)
    network = space.sample(random.Random(0))
    assert space.decode(space.encode(network)).key == network.key
    with pytest.raises(InvalidInput, match=r"^skeleton: got '257 stages', accepted: at most 256 stages"):
        space_of_stages(257)
