from __future__ import annotations

import pytest

from search_spaces import InvalidInput
from search_spaces.reference import reference
from search_spaces.scaling import scale_architecture
from search_spaces.validation import validated
from trials.proxy import Proxy, apply_proxy

B0 = reference("efficientnet-b0")


def test_factors_of_one_change_nothing() -> None:
    assert apply_proxy(B0, Proxy()) == B0


def test_a_quarter_of_the_width_keeps_the_proportions() -> None:
    small = apply_proxy(B0, Proxy(width=0.25, resolution=0.125))
    assert [stage.width for stage in small.stages] == [4, 6, 10, 20, 28, 48, 80]
    assert (small.stem.width, small.head.width, small.resolution) == (8, 320, 28)


def test_networks_that_differ_after_scaling_differ_in_the_proxy() -> None:
    proxy = Proxy(width=0.25, resolution=0.125)
    wider = apply_proxy(scale_architecture(B0, width=1.1), proxy)
    sharper = apply_proxy(scale_architecture(B0, resolution=1.15), proxy)
    assert len({apply_proxy(B0, proxy).key, wider.key, sharper.key}) == 3
    assert sharper.resolution == 32


def test_strides_are_dropped_from_the_input_on() -> None:
    small = apply_proxy(B0, Proxy(drop_strides=2))
    assert (small.stem.stride, [stage.stride for stage in small.stages]) == (1, [1, 1, 2, 2, 1, 2, 1])


def test_the_pooling_of_a_stem_is_a_stride_too() -> None:
    small = apply_proxy(reference("resnet-18"), Proxy(drop_strides=3))
    assert (small.stem.stride, small.stem.pool, [stage.stride for stage in small.stages]) == (1, 1, [1, 1, 2, 2])


def test_regularization_can_be_switched_off() -> None:
    small = apply_proxy(B0, Proxy(regularization=0))
    assert (small.dropout, small.drop_path) == (0, 0)


@pytest.mark.parametrize(
    "fields", [{"regularization": 2}, {"width": 0}, {"resolution": 1.5}, {"drop_strides": -1}, {"depth": float("nan")}]
)
def test_wrong_settings_are_named(fields: dict[str, float]) -> None:
    with pytest.raises(InvalidInput) as caught:
        validated(Proxy, fields)
    assert caught.value.key == next(iter(fields))
