"""Memory of several processes: what one mapping writes the other sees; tensors lie in it as they lay before."""

from __future__ import annotations

import os

import pytest
import torch

from trials.objectives.shared.memory import Places, mapped, new_memory


@pytest.mark.parametrize("named", [True, False], ids=["memfd", "file"])
def test_two_mappings_are_one_memory_also_when_the_descriptor_is_closed(
    named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not named:
        monkeypatch.delattr(os, "memfd_create", raising=False)
    descriptor = new_memory(3)
    first, other = mapped(descriptor, 3), mapped(descriptor, 3)
    os.close(descriptor)
    assert first.tolist() == [0, 0, 0]
    first[1] = 2.5
    assert other.tolist() == [0, 2.5, 0]


def test_tensors_lie_one_after_the_other_with_shape_and_strides() -> None:
    tensors = [torch.rand(4, 3, 5, 5).to(memory_format=torch.channels_last), torch.rand(7)]
    places = Places.of(tensors)
    assert places.floats == 4 * 3 * 5 * 5 + 7
    rows = torch.zeros(2, places.floats)
    for view, tensor in zip(places.views(rows[1]), tensors, strict=True):
        assert view.stride() == tensor.stride()
        view.copy_(tensor)
    assert not rows[0].any()
    assert torch.equal(rows[1], torch.cat([tensors[0].permute(0, 2, 3, 1).flatten(), tensors[1]]))
