"""Zero-cost scores of an untrained network by one batch: synflow, NASWOT, gradient norm, Zen; larger is better.

Each judges a copy in the form its paper asks for, without dropout and stochastic depth; the network stays as it was.
Scores of one kind compare networks with each other and mean nothing beside another kind, or beside an accuracy.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional

from search_spaces.blocks import ActivatedResidual, Residual, SqueezeExcite, StochasticDepth
from search_spaces.network import Network

ACTIVATION_LAYERS = (nn.SiLU, nn.ReLU, nn.ReLU6, nn.Hardswish)
NOISE_LAYERS = (nn.Dropout, StochasticDepth)
ZEN_PERTURBATION = 0.01
ZEN_REPEATS = 4


def zero_cost_score(name: str, network: Network, images: Tensor, labels: Tensor, seed: int) -> float:
    """Return the score of that name for a prepared batch, images [N, C, H, W] and labels int64 [N].

    Raises ArithmeticError where it is not finite: a batch or a network that the score cannot judge.
    """
    score = SCORES[name](network, images, labels, seed)
    if not math.isfinite(score):
        raise ArithmeticError(f"{name} is {score} for this network and batch")
    return score


def synflow(network: nn.Module, shape: torch.Size) -> float:
    """Return the log of the sum of w * dR/dw over all weights, R the outputs for an image of ones under |w|.

    arXiv:2006.05467, as a score arXiv:2101.08134. R is the sum over all paths of the product of their weights, so
    activations and batch norms are left out, and squeeze-and-excitation, whose sigmoid is no product. `shape` is
    [C, H, W].
    """
    linear = without(network, (*ACTIVATION_LAYERS, *NOISE_LAYERS, nn.BatchNorm2d, SqueezeExcite)).double()
    weights = [module.weight for module in linear.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    with torch.no_grad():
        for parameter in linear.parameters():
            parameter.abs_()
    ones = torch.ones(1, *shape, dtype=torch.float64, device=weights[0].device)
    gradients = torch.autograd.grad(linear(ones).sum(), weights)
    pairs = zip(weights, gradients, strict=True)
    total = sum(float((weight.detach() * gradient).sum()) for weight, gradient in pairs)
    return math.log(total) if total > 0 else -math.inf


@torch.no_grad()
def naswot(network: nn.Module, images: Tensor) -> float:
    """Return log |det K|, K[i, j] the number of activation units that are on or off for images i and j alike.

    arXiv:2006.04647 v2, there for ReLU; a unit of another activation is on where its input is above 0. Equal images
    make K singular: -inf. `images` is [N, C, H, W].
    """
    kernel = torch.zeros(len(images), len(images), dtype=torch.float64, device=images.device)

    def compare_codes(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        on = (inputs[0] > 0).flatten(1).float()  # [N, units]
        off = 1 - on
        kernel.add_(on @ on.T + off @ off.T)

    judged = without(network, NOISE_LAYERS).train()
    for module in judged.modules():
        if isinstance(module, ACTIVATION_LAYERS):
            module.register_forward_pre_hook(compare_codes)
    judged(images)
    return float(torch.linalg.slogdet(kernel).logabsdet)


def grad_norm(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    """Return the sum over convolutions and linear layers of the norm of the loss's gradient by their weights.

    arXiv:2101.08134; cross-entropy of one batch, images [N, C, H, W] and labels int64 [N].
    """
    judged = without(network, NOISE_LAYERS).train()
    weights = [module.weight for module in judged.modules() if isinstance(module, nn.Conv2d | nn.Linear)]
    gradients = torch.autograd.grad(functional.cross_entropy(judged(images), labels), weights)
    return sum(float(gradient.norm()) for gradient in gradients)


@torch.no_grad()
def zen(body: nn.Module, shape: torch.Size, seed: int, repeats: int = ZEN_REPEATS) -> float:
    """Return the mean Zen score over `repeats` draws: log E |F(x) - F(x + 0.01 noise)| plus the log scales taken out.

    arXiv:2102.01063, Algorithm 1: F is the body before pooling, without shortcuts and squeeze-and-excitation; weights,
    images and noise are drawn from N(0, 1). `shape` is that of a batch, [N, C, H, W].
    """
    judged = without(body, (*NOISE_LAYERS, SqueezeExcite), shortcuts=False).train()
    device = next(judged.parameters()).device
    scores = []
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        for _ in range(repeats):
            _draw_normal(judged)
            scores.append(zen_of_drawn(judged, torch.randn(shape, device=device)))
    return sum(scores) / repeats


@torch.no_grad()
def zen_of_drawn(body: nn.Module, images: Tensor) -> float:
    """Return the Zen score of a body with the weights it has, for images [N, C, H, W] and one draw of noise."""
    log_scales: list[float] = []

    def take_scale(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        variance = inputs[0].var(dim=(0, 2, 3), unbiased=False).mean()
        log_scales.append(0.5 * math.log(max(float(variance), 1e-300)))

    norms = [module for module in body.modules() if isinstance(module, nn.BatchNorm2d)]
    hooks = [norm.register_forward_pre_hook(take_scale) for norm in norms]
    features = body(images)
    for hook in hooks:
        hook.remove()
    moved = body(images + ZEN_PERTURBATION * torch.randn_like(images))
    change = float((features - moved).flatten(1).norm(dim=1).mean())
    return (math.log(change) if change > 0 else -math.inf) + sum(log_scales)


def without(network: nn.Module, layers: tuple[type[nn.Module], ...], *, shortcuts: bool = True) -> nn.Module:
    """Return a copy of a network in which layers of these types do nothing; also without shortcuts where not wanted."""
    copied = copy.deepcopy(network)
    _strip(copied, layers, shortcuts)
    return copied


def _strip(module: nn.Module, layers: tuple[type[nn.Module], ...], shortcuts: bool) -> None:
    for name, child in module.named_children():
        kept = nn.Identity() if isinstance(child, layers) else child
        if isinstance(child, Residual) and not shortcuts:
            kept = _branch_of(child)
        setattr(module, name, kept)
        _strip(kept, layers, shortcuts)


def _branch_of(block: Residual) -> nn.Module:
    if isinstance(block, ActivatedResidual):
        return nn.Sequential(block.branch, block.activation)
    return block.branch


def _draw_normal(network: nn.Module) -> None:
    for module in network.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.normal_(module.weight)


def _body(network: Network) -> nn.Sequential:
    return nn.Sequential(network.stem, network.pool, network.blocks, network.head)


SCORES: dict[str, Callable[[Network, Tensor, Tensor, int], float]] = {
    "synflow": lambda network, images, _labels, _seed: synflow(network, images.shape[1:]),
    "naswot": lambda network, images, _labels, _seed: naswot(network, images),
    "grad_norm": lambda network, images, labels, _seed: grad_norm(network, images, labels),
    "zen": lambda network, images, _labels, seed: zen(_body(network), images.shape, seed),
}
