"""An exponential moving average of a network's weights and batch-norm statistics.

Not torch's `AveragedModel`: it averages statistics only together with their integer counters, which cannot be
averaged, and collects all tensors anew at every step, which takes several times as long as the averaging.
"""

from __future__ import annotations

import copy

import torch
from torch import Tensor, nn


class MovingAverage:
    """Follow `live` with a network of averaged weights, meant for validation.

    average += (1 - d) * (live - average), with d = min(decay, (1 + t) / (10 + t)) at the t-th update: what
    EfficientNet's official code gets from tf.train.ExponentialMovingAverage(decay, num_updates). The slow start keeps
    the average of a short training from being its initial weights.
    """

    def __init__(self, live: nn.Module, decay: float) -> None:
        self.decay = decay
        self.updates = 0
        self.network = copy.deepcopy(live).requires_grad_(False)
        self._live = _floats(live)
        self._average = _floats(self.network)

    @torch.no_grad()
    def update(self) -> None:
        """Take one step towards the live weights."""
        self.updates += 1
        decay = min(self.decay, (1 + self.updates) / (10 + self.updates))
        torch._foreach_lerp_(self._average, self._live, 1 - decay)


def _floats(network: nn.Module) -> list[Tensor]:
    """Return the very tensors of weights and statistics, not copies; counters are left out."""
    return [value for value in network.state_dict().values() if value.is_floating_point()]
