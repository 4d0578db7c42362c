from __future__ import annotations

import pytest

from grid_search.compound_scaling import Coefficients
from grid_search.family.config import AxisLimits, FamilyConfig
from grid_search.family.members import make_family, parse_target
from search_spaces import Architecture, InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.scaling import Rounding

B0 = reference("efficientnet-b0")
FLOPS = estimate_cost(B0).flops
DOUBLINGS = tuple(f"{2.0**power:g}x" for power in range(-3, 7))
BETWEEN = ("0.2x", "0.3x", "0.7x", "1.5x", "3x", "5x", "11.4x", "26x", "50x")
RULES = {
    "official": {},
    "nearest": {"rounding": Rounding(depth="nearest")},
    "multiples of 32": {"rounding": Rounding(resolution_multiple=32)},
    "tinynet": {"shrink": "tinynet", "rounding": Rounding(depth="nearest", resolution_multiple=8)},
    "width alone": {"coefficients": Coefficients(alpha=1, beta=1.4, gamma=1)},
}


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_targets_from_an_eighth_to_64_baselines_are_met(rule: str) -> None:
    targets = DOUBLINGS + BETWEEN
    family = make_family(B0, FamilyConfig(targets=targets, **RULES[rule]))  # type: ignore[arg-type]
    assert [member.architecture.name for member in family] == [f"efficientnet-b0-{target}" for target in targets]
    for member, target in zip(family, targets, strict=True):
        wanted = float(target[:-1]) * FLOPS
        assert member.target == pytest.approx(wanted)
        assert abs(estimate_cost(member.architecture).flops / wanted - 1) <= 0.03


@pytest.mark.parametrize("name", ["mobilenet-v2", "mnasnet-a1", "resnet-50"])
def test_targets_are_met_from_other_baselines(name: str) -> None:
    baseline = reference(name)
    for member in make_family(baseline, FamilyConfig(targets=("0.25x", "4x", "16x"))):
        assert abs(member.measured_ratio() / float(member.architecture.name.split("-")[-1][:-1]) - 1) <= 0.03


def test_a_member_is_rebuilt_from_its_multipliers() -> None:
    for member in make_family(B0, FamilyConfig(targets=("0.3x", "7G"))):
        rebuilt = member.multipliers.apply(B0, member.rounding)
        assert (rebuilt.stages, rebuilt.resolution) == (member.architecture.stages, member.architecture.resolution)


def test_one_baseline_is_the_baseline() -> None:
    (member,) = make_family(B0, FamilyConfig(targets=("1x",)))
    assert member.architecture == B0
    assert member.phi == 0


def test_phis_are_taken_as_they_are() -> None:
    family = make_family(B0, FamilyConfig(phis=(-1, 0, 1, 2.5)))
    assert [member.phi for member in family] == [-1, 0, 1, 2.5]
    assert family[1].architecture == B0
    assert family[2].measured_ratio() == pytest.approx(2.5728, abs=1e-4)
    assert [member.architecture.dropout for member in family] == [0.2, 0.2, 0.3, 0.3]


def test_limits_hold_and_the_other_axes_make_up_for_them() -> None:
    limits = AxisLimits(depth=30, width=500, resolution=380)
    (free,) = make_family(B0, FamilyConfig(targets=("12x",)))
    (held,) = make_family(B0, FamilyConfig(targets=("12x",), limits=AxisLimits(resolution=300)))
    assert free.architecture.input_size[0] > 300 >= held.architecture.input_size[0]
    assert held.architecture.block_count > free.architecture.block_count
    for member in make_family(B0, FamilyConfig(phis=(8,), targets=("4x", "10x"), limits=limits)):
        assert member.architecture.block_count <= 30
        assert max(stage.width for stage in member.architecture.stages) <= 500
        assert member.architecture.input_size[0] <= 380


def test_small_targets_keep_the_input_as_large_as_the_stride() -> None:
    (member,) = make_family(
        B0, FamilyConfig(targets=("0.01x",), coefficients=Coefficients(alpha=1, beta=1.05, gamma=1.4))
    )
    assert member.architecture.input_size[0] >= 32


def clock_ms(architecture: Architecture) -> float:
    """Stand in for a clock: 5 ms and 1 ms for each 100 M multiply-adds, not in proportion."""
    return 5 + estimate_cost(architecture).flops / 1e8


def test_a_latency_is_met_by_measuring() -> None:
    config = FamilyConfig(targets=(5.3, 7.0, 30.0, "4x"), cost=f"{__name__}:clock_ms")
    family = make_family(B0, config)
    wanted = [5.3, 7.0, 30.0, 4 * clock_ms(B0)]
    assert [clock_ms(member.architecture) for member in family] == pytest.approx(wanted, rel=0.03)
    assert [member.architecture.name for member in family][:2] == ["efficientnet-b0-5.3", "efficientnet-b0-7"]


def test_a_latency_out_of_reach_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"targets\.0: got '4\.8', accepted: .*; the nearest was 5\.0"):
        make_family(B0, FamilyConfig(targets=("4.8",), cost=f"{__name__}:clock_ms"))


@pytest.mark.parametrize(
    ("text", "cost", "label"),
    [("400M", 4e8, "400M"), (" 1.6G ", 1.6e9, "1.6G"), ("0.5x", 193e6, "0.5x"), (4e8, 4e8, "400M")],
)
def test_targets_as_people_write_them(text: str | float, cost: float, label: str) -> None:
    target = parse_target("targets.0", text, 386e6)
    assert (target.cost, target.label) == (cost, label)


@pytest.mark.parametrize("target", ["x", "much", "-1x", "0x", "0", "nanx", "400MM", "1e400"])
def test_a_nonsense_target_is_one_line(target: str) -> None:
    with pytest.raises(InvalidInput, match=r"^targets\.0: got "):
        make_family(B0, FamilyConfig(targets=(target,)))


@pytest.mark.parametrize("target", ["1k", "0.0001x", "900000T"])
def test_an_impossible_target_is_one_line(target: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        make_family(B0, FamilyConfig(targets=(target,)))
    assert str(caught.value).startswith(f"targets.0: got {target!r}, accepted: a cost ")
    assert "\n" not in str(caught.value)


def test_a_limit_that_leaves_nothing_is_one_line() -> None:
    with pytest.raises(InvalidInput, match=r"limits\.depth: got 2"):
        make_family(B0, FamilyConfig(phis=(1,), limits=AxisLimits(depth=2)))


def test_a_phi_that_shrinks_the_input_below_the_stride_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"resolution: got .* at least 32 px"):
        make_family(B0, FamilyConfig(phis=(-20,)))
