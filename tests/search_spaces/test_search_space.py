from __future__ import annotations

import random
from dataclasses import replace

import pytest

from search_spaces import Architecture, InvalidInput, SearchSpace, load_space
from search_spaces.reference import reference
from search_spaces.space_file import parse_space, shipped_spaces


@pytest.fixture(params=["efficientnet", "mnasnet"])
def space(request: pytest.FixtureRequest) -> SearchSpace:
    return load_space(request.param)


def like(space: SearchSpace, name: str) -> Architecture:
    """A published network with the settings of the space's skeleton, which are no choices."""
    skeleton = space.skeleton
    fields = {field: getattr(skeleton, field) for field in ("activation", "dropout", "drop_path")}
    return replace(reference(name), **fields)


def test_shipped_spaces() -> None:
    assert shipped_spaces() == ["efficientnet", "mnasnet"]


def test_efficientnet_is_the_space_of_accel_nasbench() -> None:
    # its README: e in {1,4,6}, k in {3,5}, l in {1,2,3} (stage 5: {1,2,3,4}), SE on or off; 1.045e11 architectures
    space = load_space("efficientnet")
    assert space.size == 36**6 * 48
    assert f"{space.size:.3e}" == "1.045e+11"
    assert len(space.choices) == 28


@pytest.mark.parametrize("name", ["efficientnet-b0", "mnasnet-a1", "mnasnet-b1", "mobilenet-v2"])
def test_published_networks_are_points_of_the_mnasnet_space(name: str) -> None:
    space = load_space("mnasnet")
    network = reference(name)
    assert network in space
    assert space.decode(space.encode(network)).key == like(space, name).key


def test_only_b0_is_a_point_of_the_efficientnet_space() -> None:
    space = load_space("efficientnet")
    assert space.decode(space.encode(reference("efficientnet-b0"))).key == reference("efficientnet-b0").key
    assert reference("mnasnet-a1") not in space
    with pytest.raises(InvalidInput, match="a point of the search space efficientnet"):
        space.encode(reference("mnasnet-a1"))


def test_decode_inverts_encode(space: SearchSpace) -> None:
    rng = random.Random(0)
    for _ in range(300):
        network = space.sample(rng)
        parameters = space.encode(network)
        assert list(parameters) == list(space.distributions)
        assert space.decode(parameters).key == network.key
        assert space.encode(space.decode(parameters)) == parameters


def test_a_sample_depends_on_the_generator_alone(space: SearchSpace) -> None:
    assert space.sample(random.Random(3)).key == space.sample(random.Random(3)).key
    assert space.sample(random.Random(3)).key != space.sample(random.Random(4)).key


def test_options_are_drawn_uniformly() -> None:
    space = load_space("efficientnet")
    rng = random.Random(0)
    depths = [space.sample(rng).stages[5].depth for _ in range(4000)]
    for depth in (1, 2, 3, 4):
        assert 900 < depths.count(depth) < 1100


def test_a_mutation_changes_the_network_by_one_choice(space: SearchSpace) -> None:
    rng = random.Random(1)
    for _ in range(100):
        parent = space.sample(rng)
        child = space.mutate(parent, rng)
        assert child.key != parent.key
        before, after = space.encode(parent), space.encode(child)
        changed = {name for name in before if before[name] != after[name]}
        # choices without effect in parent or child may fall back to their first option beside the one that changed
        assert changed
        assert len({name.split(".")[1] for name in changed}) <= 2


def test_neighbours_are_distinct_and_complete() -> None:
    space = load_space("efficientnet")
    b0 = reference("efficientnet-b0")
    neighbours = list(space.neighbours(b0))
    # every stage: 2 expansions, 1 kernel, 2 depths, 1 squeeze; one more depth in stage 5
    assert len(neighbours) == 7 * 6 + 1
    assert len({network.key for network in neighbours} | {b0.key}) == 44
    assert all(network in space for network in neighbours)


def test_unknown_and_missing_options_are_named() -> None:
    space = load_space("efficientnet")
    parameters = space.encode(reference("efficientnet-b0"))
    with pytest.raises(InvalidInput) as caught:
        space.decode(parameters | {"stages.3.kernel_size": 7})
    assert caught.value.key == "stages.3.kernel_size"
    del parameters["stages.3.kernel_size"]
    with pytest.raises(InvalidInput):
        space.decode(parameters)


def test_fields_an_operation_does_not_have_make_no_second_network() -> None:
    space = parse_space(
        {
            "name": "ops",
            "skeleton": "mobilenet-v2",
            "stages": {"1": {"op": {"one_of": ["conv", "mbconv"]}, "expansion_ratio": {"one_of": [3, 6]}}},
        }
    )
    keys = {space.decode({"stages.1.op": "conv", "stages.1.expansion_ratio": ratio}).key for ratio in (3, 6)}
    assert len(keys) == 1
    assert space.size == 4


def test_a_stage_can_be_left_out() -> None:
    alternatives = [{"depth": 0}, {"depth": {"one_of": [1, 2]}, "kernel_size": {"one_of": [3, 5]}}]
    space = parse_space({"name": "optional", "skeleton": "mobilenet-v2", "stages": {"4": {"one_of": alternatives}}})
    assert space.size == 5
    networks = [space.decode({"stages.4": option}) for option in space.choices[0].options]
    assert sorted(len(network.stages) for network in networks) == [6, 7, 7, 7, 7]
    for network in networks:
        assert space.decode(space.encode(network)).key == network.key


def test_choices_over_the_whole_network() -> None:
    space = parse_space(
        {
            "name": "whole",
            "skeleton": "efficientnet-b0",
            "resolution": {"multiply": [0.5, 1]},
            "stem": {"width": {"one_of": [16, 32]}},
            "head": {"width": {"multiply": [0.5, 1, 1.5]}},
            "activation": "relu",
        }
    )
    assert space.size == 12
    small = space.decode({"resolution": 112, "stem.width": 16, "head.width": 640})
    assert (small.resolution, small.stem.width, small.head.width, small.activation) == (112, 16, 640, "relu")
    assert space.encode(small) == {"resolution": 112, "stem.width": 16, "head.width": 640}


def test_the_stages_of_options_keep_their_places() -> None:
    some = parse_space(
        {"name": "s", "skeleton": "mobilenet-v2", "stages": {"2": {"one_of": [{"depth": 0}, {"depth": 2}]}}}
    )
    stages = some.stages_of({"stages.2": "depth=0"})
    assert [index for index, stage in enumerate(stages) if stage is None] == [2]
    assert stages[3] == some.skeleton.stages[3]
    forms = some.forms_of(2)
    assert forms == (None, replace(some.skeleton.stages[2], depth=2))
    assert some.forms_of(0) == (some.skeleton.stages[0],)


def test_options_are_found_by_their_positions() -> None:
    space = load_space("efficientnet")
    first = space.options_at([0] * len(space.choices))
    assert first == {choice.name: choice.options[0] for choice in space.choices}
    with pytest.raises(ValueError, match="shorter"):
        space.options_at([0])
