"""A model that timm builds, read block by block. Needs torch and timm."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from types import ModuleType
from typing import Any

import torch
from torch import nn

from search_spaces.architecture import Activation, Architecture, Head, Op, Skip, Stage, Stem
from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.abilities import keeps_shape
from search_spaces.exchange.imports.torchvision_import import declared_operators
from search_spaces.structure import Block, stage_runs

OPS: dict[str, Op] = {"InvertedResidual": "mbconv", "DepthwiseSeparableConv": "mbconv", "ConvBnAct": "conv"}
ACTIVATIONS: dict[str, Activation] = {
    "SiLU": "silu",
    "Swish": "silu",
    "ReLU": "relu",
    "ReLU6": "relu6",
    "Hardswish": "hardswish",
    "HardSwish": "hardswish",
}


def import_timm_model(name: str) -> Architecture:
    """Return the architecture of a timm model of the class that an `arch_def` describes (EfficientNet).

    A model does not tell whether a stage of one block that changes the shape would have a shortcut if it were deeper;
    we let it. Raises InvalidInput without timm, for an unknown model, and for one with a part we cannot build exactly.
    """
    timm = _timm(name)
    if not timm.is_model(name):
        raise InvalidInput("architecture", f"timm:{name}", "the name of a timm model, such as timm:efficientnet_b0")
    with torch.device("meta"):
        model = timm.create_model(name, pretrained=False)
    reader = _Reader(name)
    architecture = reader.architecture(model)
    counted = sum(parameter.numel() for parameter in model.parameters())
    if estimate_cost(architecture, model.num_classes).params != counted or list(architecture.blocks) != reader.blocks:
        raise reader.refuse(type(model).__name__, "a model without parts that we have no word for")
    return architecture


def _timm(name: str) -> ModuleType:
    try:
        declared_operators()
        import timm
    except (ImportError, RuntimeError) as error:
        reason = str(error).splitlines()[0]
        raise InvalidInput(
            "architecture", f"timm:{name}", f"no timm: model unless timm can be imported ({reason})"
        ) from None
    module: ModuleType = timm
    return module


class _Reader:
    """Reads one model and remembers its blocks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.blocks: list[Block] = []

    def refuse(self, found: object, accepted: str) -> InvalidInput:
        return InvalidInput(f"timm:{self.name}", found, accepted)

    def architecture(self, model: Any) -> Architecture:
        if type(model).__name__ != "EfficientNet":
            raise self.refuse(type(model).__name__, "a model of timm's class EfficientNet, which an arch_def describes")
        if not isinstance(model.bn1, nn.BatchNorm2d):
            raise self.refuse(type(model.bn1).__name__, "batch norms")
        height, width = model.pretrained_cfg["input_size"][1:]
        return Architecture(
            name=self.name,
            resolution=(height, width),
            stem=self._stem(model.conv_stem),
            stages=self._stages(model),
            head=self._head(model.conv_head),
            activation=self._activation(model),
            dropout=float(model.drop_rate),
        )

    def _stem(self, conv: nn.Conv2d) -> Stem:
        kernel, stride = self._convolution(conv)
        return Stem(width=conv.out_channels, kernel_size=kernel, stride=stride)

    def _head(self, conv: nn.Module) -> Head:
        return Head(width=conv.out_channels if isinstance(conv, nn.Conv2d) else None)

    def _activation(self, model: nn.Module) -> Activation:
        """Return the one activation of the whole model, in squeeze-and-excitation too."""
        names = {type(m).__name__ for key, m in model.named_modules() if key.endswith((".act", ".act1"))}
        names -= {"Identity"}
        known = {ACTIVATIONS.get(name) for name in names}
        found = known.pop() if len(known) == 1 else None
        if found is None:
            raise self.refuse(", ".join(sorted(names)), f"one activation everywhere, of {', '.join(ACTIVATIONS)}")
        gates = {type(m).__name__ for key, m in model.named_modules() if key.endswith(".gate")}
        if gates - {"Sigmoid"}:
            raise self.refuse(", ".join(gates), "sigmoid gates in squeeze-and-excitation")
        return found

    def _stages(self, model: Any) -> tuple[Stage, ...]:
        stages: list[Stage] = []
        for group in model.blocks:
            found = [self._block(module) for module in group]
            self.blocks += found
            stages += _joined(found)
        return tuple(stages)

    def _block(self, module: Any) -> Block:
        kind = type(module).__name__
        if kind not in OPS:
            raise self.refuse(kind, f"blocks of {', '.join(OPS)}")
        separable = kind == "DepthwiseSeparableConv"
        op: Op = "dsconv" if separable and module.has_pw_act else OPS[kind]
        main = module.conv if kind == "ConvBnAct" else module.conv_dw
        last = {"ConvBnAct": "conv", "DepthwiseSeparableConv": "conv_pw"}.get(kind, "conv_pwl")
        kernel, stride = self._convolution(main)
        first = module.conv_pw if kind == "InvertedResidual" else main
        if kind == "InvertedResidual" and first.out_channels == first.in_channels:
            raise self.refuse("an expansion to as many channels", "no expansion, or one that changes their number")
        squeeze: Any = getattr(module, "se", None)
        return Block(
            op=op,
            kernel_size=kernel,
            stride=stride,
            in_width=first.in_channels,
            expanded_width=first.out_channels if kind == "InvertedResidual" else 0,
            squeeze_width=squeeze.conv_reduce.out_channels if hasattr(squeeze, "conv_reduce") else 0,
            out_width=getattr(module, last).out_channels,
            shortcut="identity" if module.has_skip else "none",
        )

    def _convolution(self, conv: Any) -> tuple[int, int]:
        """Return kernel size and stride of a convolution padded as ours."""
        if type(conv) is not nn.Conv2d:
            raise self.refuse(type(conv).__name__, "plain Conv2d: others pad as TensorFlow does, or mix kernels")
        kernel = conv.kernel_size[0]
        if (
            conv.kernel_size != (kernel, kernel)
            or conv.padding != (kernel // 2, kernel // 2)
            or conv.dilation != (1, 1)
        ):
            raise self.refuse(f"padding {conv.padding}", "convolutions padded by half their kernel")
        return kernel, conv.stride[0]


def _joined(blocks: Iterable[Block]) -> list[Stage]:
    """Return as few stages as give these blocks."""
    stages: list[Stage] = []
    groups: list[list[Block]] = []
    for block in blocks:
        grown = _grown(stages[-1], [*groups[-1], block]) if stages else None
        if grown is not None:
            stages[-1] = grown
            groups[-1].append(block)
        else:
            stages.append(_single(block))
            groups.append([block])
    return stages


def _grown(stage: Stage, blocks: list[Block]) -> Stage | None:
    """Return the stage that is exactly `blocks`, the last of them being new; None where there is none."""
    skips: tuple[Skip, ...] = ("identity", "none")
    for skip in skips:
        longer = replace(stage, depth=len(blocks), skip=skip)
        if [block for block, count in stage_runs(longer, blocks[0].in_width) for _ in range(count)] == blocks:
            return longer
    return None


def _single(block: Block) -> Stage:
    return Stage(
        op=block.op,  # type: ignore[arg-type]
        kernel_size=block.kernel_size,
        stride=block.stride,
        expansion_ratio=_ratio(block.expanded_width, block.in_width) if block.expanded_width else 1,
        se_ratio=_ratio(block.squeeze_width, block.in_width),
        skip="none" if block.shortcut == "none" and keeps_shape(block) else "identity",
        width=block.out_width,
        depth=1,
    )


def _ratio(part: int, whole: int) -> int | float:
    """Return the ratio that, times `whole` and rounded down, is `part`."""
    if part % whole == 0:
        return part // whole
    ratio = part / whole
    return ratio if int(whole * ratio) == part else math.nextafter(ratio, math.inf)
