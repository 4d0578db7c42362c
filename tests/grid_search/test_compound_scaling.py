from __future__ import annotations

import pytest

from grid_search.compound_scaling import (
    PAPER_COEFFICIENTS,
    Coefficients,
    Multipliers,
    scale,
    scale_by_phi,
    total_stride,
)
from search_spaces import InvalidInput
from search_spaces.cost import estimate_cost
from search_spaces.reference import reference
from search_spaces.scaling import Rounding

B0 = reference("efficientnet-b0")


def test_paper_coefficients_miss_a_product_of_two() -> None:
    assert round(PAPER_COEFFICIENTS.nominal, 4) == 1.9203


@pytest.mark.parametrize(
    ("rounding", "pixels", "ratio"), [(Rounding(), 257, 2.57), (Rounding(resolution_multiple=4), 256, 2.23)]
)
def test_paper_answer_costs_what_is_known(rounding: Rounding, pixels: int, ratio: float) -> None:
    made = scale_by_phi(B0, PAPER_COEFFICIENTS, 1.0, rounding)
    assert made.architecture.resolution == pixels
    assert round(made.measured_ratio(), 2) == ratio
    assert round(made.nominal_ratio or 0, 4) == 1.9203


def test_phi_zero_is_the_baseline() -> None:
    made = scale(B0, PAPER_COEFFICIENTS, 0)
    assert made == B0
    assert made.name == "efficientnet-b0-phi0"


def test_phi_one_is_named_after_the_baseline() -> None:
    assert scale(B0, PAPER_COEFFICIENTS).name == "efficientnet-b0-phi1"


def test_shrinking_with_ceil_misses_the_powers_of_two() -> None:
    """Known of B0 at phi = -1 ... -4 with alpha * beta^2 * gamma^2 = 1.92: far above 1/2, 1/4, 1/8, 1/16."""
    ratios = [scale_by_phi(B0, PAPER_COEFFICIENTS, -phi).measured_ratio() for phi in (1, 2, 3, 4)]
    assert all(ratio > 2.0**-phi for phi, ratio in enumerate(ratios, start=1))


def test_multipliers_of_b7_make_its_widths_and_depths() -> None:
    b7 = reference("efficientnet-b7")
    made = Multipliers(depth=3.1, width=2.0, resolution=600 / 224).apply(B0)
    assert (made.stages, made.resolution) == (b7.stages, 600)
    assert estimate_cost(made) == estimate_cost(b7)


def test_total_stride_of_b0() -> None:
    assert total_stride(B0) == 32


def test_input_below_the_stride_is_refused() -> None:
    with pytest.raises(InvalidInput, match="resolution: got 30, accepted: at least 32 px"):
        scale(B0, Coefficients(alpha=1, beta=1, gamma=2), -2.9)


@pytest.mark.parametrize("phi", [float("nan"), float("inf"), 33, "1", True])
def test_nonsense_phi_is_refused(phi: float) -> None:
    with pytest.raises(InvalidInput, match="phi: got"):
        scale(B0, PAPER_COEFFICIENTS, phi)


@pytest.mark.parametrize("alpha", [0, -1, float("nan"), 65])
def test_nonsense_coefficients_are_refused(alpha: float) -> None:
    with pytest.raises(InvalidInput, match="alpha: got"):
        Coefficients(alpha=alpha, beta=1, gamma=1)
