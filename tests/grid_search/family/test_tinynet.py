from __future__ import annotations

import math

import pytest

from grid_search.family.config import FamilyConfig
from grid_search.family.members import make_family
from grid_search.family.tinynet import TINYNETS, tinynet_coefficients
from search_spaces.reference import reference

B0 = reference("efficientnet-b0")


def test_tinynet_gives_up_width_first() -> None:
    """Model Rubik's Cube: resolution and depth matter more than width in tiny networks."""
    found = tinynet_coefficients()
    assert found.nominal == pytest.approx(2)
    assert found.beta**2 > found.gamma**2 > found.alpha
    by_rule, by_tinynet = (
        make_family(B0, FamilyConfig(targets=("0.125x",), shrink=one))[0] for one in ("compound", "tinynet")
    )  # type: ignore[arg-type]
    assert by_tinynet.multipliers.width < by_rule.multipliers.width
    assert by_tinynet.multipliers.depth > by_rule.multipliers.depth


def test_tinynet_coefficients_come_near_the_published_networks() -> None:
    for net in TINYNETS:
        fitted = tinynet_coefficients().power(math.log2(net.depth * net.width**2 * net.resolution**2))
        for axis in ("depth", "width", "resolution"):
            assert getattr(fitted, axis) == pytest.approx(getattr(net, axis), rel=0.25)
