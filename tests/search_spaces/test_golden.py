"""Published EfficientNets, counted: facts that the official code, torchvision, timm and pycls agree on."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
import torch

from search_spaces.cost import estimate_cost
from search_spaces.measure import count_parameters, flop_counter_flops, measure_cost
from search_spaces.network import build_network
from search_spaces.reference import reference


@dataclass(frozen=True)
class Golden:
    params: int
    flops: int
    fvcore_total: int | None  # default handlers, global pooling as adaptive_avg_pool2d


GOLDEN = {
    "efficientnet-b0": Golden(5_288_548, 385_814_752, 401_659_392),
    "efficientnet-b1": Golden(7_794_184, 686_802_832, 712_732_416),
    "efficientnet-b2": Golden(9_109_994, 993_561_872, 1_026_579_120),
    "efficientnet-b3": Golden(12_233_232, 1_827_141_392, 1_883_903_568),
    "efficientnet-b4": Golden(19_341_616, 4_393_771_024, 4_512_495_200),
    "efficientnet-b5": Golden(30_389_784, 10_266_384_752, 10_505_072_320),
    "efficientnet-b6": Golden(43_040_704, 19_067_593_536, 19_472_062_160),
    "efficientnet-b7": Golden(66_347_960, 37_745_884_192, 38_449_437_600),
    "efficientnet-b8": Golden(87_413_142, 62_597_461_568, None),
    "efficientnet-l2": Golden(480_309_308, 475_703_653_280, None),
    "mobilenet-v2": Golden(3_504_872, 300_774_272, None),
    "mnasnet-a1": Golden(3_887_038, 311_579_072, None),
    "mnasnet-b1": Golden(4_383_312, 314_415_872, None),
}
QUICK = ("efficientnet-b0", "efficientnet-b1", "efficientnet-b2", "efficientnet-b3")


@pytest.mark.parametrize("name", GOLDEN)
def test_the_closed_form_gives_published_counts(name: str) -> None:
    cost = estimate_cost(reference(name))
    assert (cost.params, cost.flops) == (GOLDEN[name].params, GOLDEN[name].flops)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_network_has_the_published_parameters(name: str) -> None:
    with torch.device("meta"):
        assert count_parameters(build_network(reference(name))) == GOLDEN[name].params


@pytest.mark.slow
@pytest.mark.parametrize("name", GOLDEN)
def test_torch_counts_the_published_multiply_adds(name: str) -> None:
    assert flop_counter_flops(reference(name)) == GOLDEN[name].flops


@pytest.mark.parametrize(
    "name",
    [
        pytest.param(name, marks=() if name in QUICK else pytest.mark.slow)
        for name, golden in GOLDEN.items()
        if golden.fvcore_total
    ],
)
def test_fvcore_counts_the_published_totals(name: str) -> None:
    measured = measure_cost(reference(name))
    golden = GOLDEN[name]
    assert (measured.params, measured.flops, measured.fvcore_total) == (
        golden.params,
        golden.flops,
        golden.fvcore_total,
    )
    assert measured.activations == estimate_cost(reference(name)).activations


def test_b0_with_ten_classes_and_its_activations() -> None:
    b0 = reference("efficientnet-b0")
    assert estimate_cost(b0, num_classes=10).params == 4_020_358
    assert count_parameters(build_network(b0, num_classes=10)) == 4_020_358
    assert estimate_cost(b0).activations == 6_748_036
