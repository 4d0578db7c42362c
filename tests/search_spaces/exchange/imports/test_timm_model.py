"""Models that timm itself builds: the same network, with the same logits from timm's weights; or a refusal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import torch

from search_spaces import InvalidInput
from search_spaces.exchange.source import load_architecture
from search_spaces.network import build_network
from search_spaces.reference import reference

pytestmark = pytest.mark.usefixtures("torchvision_imports", "timm")


@pytest.fixture
def timm() -> Iterator[None]:
    pytest.importorskip("timm")
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.mark.parametrize(
    "name", ["tinynet_e", "spnasnet_100", "efficientnet_lite0", "mnasnet_small", "mobilenetv1_100"]
)
def test_logits_are_timms(name: str) -> None:
    import timm

    torch.manual_seed(0)
    theirs: Any = timm.create_model(name, num_classes=10).eval()
    for tensor in theirs.state_dict().values():
        if tensor.dim() == 1:
            tensor.add_(torch.empty_like(tensor).uniform_(0, 0.3))
    ours = build_network(load_architecture(f"timm:{name}"), num_classes=10, batch_norm_eps=theirs.bn1.eps).eval()
    assert len(ours.state_dict()) == len(theirs.state_dict())
    # both list their layers in order
    ours.load_state_dict(dict(zip(ours.state_dict(), theirs.state_dict().values(), strict=True)))
    images = torch.randn(2, 3, 64, 64)
    with torch.inference_mode():
        torch.testing.assert_close(ours(images), theirs(images), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(
    ("theirs", "ours"),
    [("efficientnet_b0", "efficientnet-b0"), ("mobilenetv2_100", "mobilenet-v2"), ("semnasnet_100", "mnasnet-a1")],
)
def test_published_networks_are_the_references(theirs: str, ours: str) -> None:
    found = load_architecture(f"timm:{theirs}")
    assert found.key == replace(reference(ours), dropout=0.0, drop_path=0.0).key
    assert len(found.stages) == len(reference(ours).stages)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("resnet50", "class EfficientNet"),
        ("mobilenetv3_small_050", "class EfficientNet"),
        ("efficientnet_es", "EdgeResidual"),
        ("efficientnet_b0_gn", "GroupNorm"),
        ("mixnet_s", "MixedConv2d"),
        ("tf_efficientnet_b0", "Conv2dSame"),
        ("fbnetc_100", "expansion to as many channels"),
        ("no_such_model", "name of a timm model"),
        ("", "name of a timm model"),
        ("../x", "name of a timm model"),
    ],
)
def test_what_an_arch_def_cannot_say_is_refused(name: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        load_architecture(f"timm:{name}")
    assert "\n" not in str(caught.value)


def test_without_timm_it_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "timm", None)
    with pytest.raises(InvalidInput, match="unless timm can be imported") as caught:
        load_architecture("timm:efficientnet_b0")
    assert "\n" not in str(caught.value)
