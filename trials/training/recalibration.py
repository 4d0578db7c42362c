"""Batch-norm statistics measured anew, for trainings too short for their moving averages."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm


@torch.inference_mode()
def recalibrate(
    network: nn.Module,
    batches: Iterable[Tensor],
    around: Callable[[Tensor], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Replace the statistics of every batch norm by their plain average over `batches` of [N, C, H, W].

    Each batch is computed inside of the context that `around` makes for it.

    At least one batch of two images is needed; a last batch of one image, which has no variance, is passed over.
    Everything else is in evaluation mode, and the network is left in it.
    Source: "precise BN" of arXiv:2105.07576.
    """
    network.eval()
    norms = [module for module in network.modules() if isinstance(module, _BatchNorm)]
    momenta = [norm.momentum for norm in norms]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # torch's way of asking for a cumulative average
        norm.train()
    for batch in batches:
        if len(batch) > 1:
            with around(batch):
                network(batch)
    for norm, momentum in zip(norms, momenta, strict=True):
        norm.momentum = momentum
    network.eval()
