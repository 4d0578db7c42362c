"""The optimizers a training can name, and which weights decay."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn

from trials.training_config import TrainingConfig

RMSPROP_DECAY = 0.9
RMSPROP_EPSILON = 1e-3


class RMSProp(torch.optim.Optimizer):
    """RMSProp by TensorFlow's rule, which the published EfficientNet settings were tuned for.

    square = 0.9 * square + 0.1 * gradient^2, from 1; velocity = momentum * velocity + lr * gradient / sqrt(square +
    0.001); weight -= velocity. torch's own starts `square` at 0, adds epsilon outside the root and keeps the learning
    rate out of the velocity. Decay and epsilon are those of tensorflow/tpu, efficientnet/utils.py.
    """

    def __init__(self, params: Iterable[Any], *, lr: float, momentum: float, weight_decay: float = 0.0) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:  # type: ignore[override]
        """Update the weights that have a gradient."""
        for group in self.param_groups:
            weights = [weight for weight in group["params"] if weight.grad is not None]
            if weights:
                self._update(weights, group)

    def _update(self, weights: list[Tensor], group: dict[str, Any]) -> None:
        squares, velocities = self._slots(weights)
        gradients = [weight.grad for weight in weights if weight.grad is not None]
        if group["weight_decay"]:
            gradients = list(torch._foreach_add(gradients, weights, alpha=group["weight_decay"]))
        torch._foreach_mul_(squares, RMSPROP_DECAY)
        torch._foreach_addcmul_(squares, gradients, gradients, value=1 - RMSPROP_DECAY)
        roots = torch._foreach_sqrt(torch._foreach_add(squares, RMSPROP_EPSILON))
        torch._foreach_mul_(velocities, group["momentum"])
        torch._foreach_addcdiv_(velocities, gradients, roots, value=group["lr"])
        torch._foreach_sub_(weights, velocities)

    def _slots(self, weights: list[Tensor]) -> tuple[list[Tensor], list[Tensor]]:
        for weight in weights:
            if not self.state[weight]:
                self.state[weight] = {"square": torch.ones_like(weight), "velocity": torch.zeros_like(weight)}
        states = [self.state[weight] for weight in weights]
        return [state["square"] for state in states], [state["velocity"] for state in states]


def make_optimizer(network: nn.Module, config: TrainingConfig) -> torch.optim.Optimizer:
    """Return the optimizer of `config`; only weights of two dimensions or more decay: no bias, no normalization."""
    weights = [weight for weight in network.parameters() if weight.requires_grad]
    groups = [
        {"params": [weight for weight in weights if weight.ndim > 1], "weight_decay": config.weight_decay},
        {"params": [weight for weight in weights if weight.ndim <= 1], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    return OPTIMIZERS[config.optimizer](groups, lr=config.learning_rate, momentum=config.momentum)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """Set the learning rate of all weights."""
    for group in optimizer.param_groups:
        group["lr"] = rate


OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {
    "nesterov": partial(torch.optim.SGD, nesterov=True),
    "sgd": torch.optim.SGD,
    "rmsprop": RMSProp,
}
