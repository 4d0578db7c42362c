"""A module for torchvision: its EfficientNet, from a table of stages. No torch."""

from __future__ import annotations

from pathlib import Path

from search_spaces.exchange.export.abilities import Abilities, check, require, resolved_stages, stage_inputs
from search_spaces.exchange.export.python_text import HEADER, number
from search_spaces.exchange.export.request import BATCH_NORM_MOMENTUM, Files, Request, weights_path
from search_spaces.exchange.export.serving import python_constants
from search_spaces.scaling import round_width
from search_spaces.structure import Block

ABILITIES = Abilities(
    title="torchvision's EfficientNet", ops=("mbconv",), activations=("silu",), can_skip_nothing=False
)

TEMPLATE = '''"""{title} for torchvision, made for {height} x {width} px. {header}"""

from functools import partial

from torch import nn
from torchvision.models.efficientnet import EfficientNet, MBConvConfig

# expand_ratio, kernel, stride, input_channels, out_channels, num_layers
STAGES = [
{stages}]{serving}


def {identifier}(num_classes={num_classes}):
    return EfficientNet(
        [MBConvConfig(*stage) for stage in STAGES],
        dropout={dropout!r},
        stochastic_depth_prob={drop_path!r},
        num_classes=num_classes,
        norm_layer=partial(nn.BatchNorm2d, eps={eps!r}, momentum={momentum!r}),
        last_channel={head},
    )


build = {identifier}
'''


def export_torchvision(request: Request, path: Path) -> Files:
    """Return a module with a function that builds the network, and the weights by torchvision's names beside it."""
    architecture = request.architecture
    _check(request)
    height, width = architecture.input_size
    rows = [
        f"({number(s.expansion_ratio)}, {s.kernel_size}, {s.stride}, {in_width}, {s.width}, {s.depth})"
        for s, in_width in stage_inputs(architecture)
    ]
    text = TEMPLATE.format(
        title=request.title,
        height=height,
        width=width,
        header=HEADER,
        serving=python_constants(request),
        identifier=request.identifier,
        stages="".join(f"    {row},\n" for row in rows),
        num_classes=request.num_classes,
        dropout=architecture.dropout,
        drop_path=architecture.drop_path,
        eps=request.batch_norm_eps,
        momentum=BATCH_NORM_MOMENTUM,
        head=architecture.head.width,
    )
    files: Files = {path: text.encode()}
    if request.state is not None:
        from search_spaces.exchange.export.weights import as_torchvision, pack

        files[weights_path(path)] = pack(as_torchvision(request.state, architecture), request.expects)
    return files


def _check(request: Request) -> None:
    architecture = request.architecture
    check(architecture, ABILITIES)
    require(request.in_channels == 3, "in_channels", request.in_channels, "3: torchvision's stem takes no other")
    widths = {"stem.width": architecture.stem.width}
    widths |= {f"stages.{index}.width": stage.width for index, stage in enumerate(architecture.stages)}
    for key, width in widths.items():
        rounded = round_width(width)
        require(rounded == width, key, width, f"a multiple of 8: torchvision rounds this one to {rounded}")
    for index, stage, blocks in resolved_stages(architecture):
        for block in blocks:
            _check_block(f"stages.{index}", stage.expansion_ratio, stage.se_ratio, block)


def _check_block(key: str, expansion_ratio: float, se_ratio: float, block: Block) -> None:
    squeezed = max(1, block.in_width // 4)
    accepted = "0.25 of the block's input: torchvision has squeeze-and-excitation in every block, and that ratio"
    require(block.squeeze_width == squeezed, f"{key}.se_ratio", se_ratio, accepted)
    hidden = round_width(block.in_width * expansion_ratio)
    accepted = f"a ratio that torchvision rounds to the same channels, not to {hidden}"
    same = hidden == (block.expanded_width or block.in_width) and (hidden == block.in_width) == (
        not block.expanded_width
    )
    require(same, f"{key}.expansion_ratio", expansion_ratio, accepted)
