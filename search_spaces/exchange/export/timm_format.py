"""A module for timm (pytorch-image-models): resolved `arch_def` strings, registered as a model. No torch."""

from __future__ import annotations

from pathlib import Path

from search_spaces.architecture import Stage
from search_spaces.exchange.export.abilities import Abilities, check, require, resolved_stages
from search_spaces.exchange.export.python_text import HEADER, number, table
from search_spaces.exchange.export.request import BATCH_NORM_MOMENTUM, Files, Request, weights_path
from search_spaces.exchange.export.serving import input_size
from search_spaces.scaling import round_width
from search_spaces.structure import Block

ABILITIES = Abilities(
    title="a timm arch_def",
    ops=("mbconv", "dsconv", "conv"),
    activations=("silu", "relu", "relu6", "hardswish"),
    stem_kernels=tuple(range(1, 64, 2)),
    needs_head=False,
)
ACTIVATIONS = {"silu": "silu", "relu": "relu", "relu6": "relu6", "hardswish": "hard_swish"}

TEMPLATE = '''"""{title} for timm. {header}

Import this file, then `timm.create_model("{identifier}"{pretrained})`.
"""

from functools import partial
from pathlib import Path

from timm.layers import get_act_layer
from timm.models import build_model_with_cfg, register_model
from timm.models._efficientnet_builder import decode_arch_def
from timm.models.efficientnet import EfficientNet
from torch import nn

ARCH_DEF = [
{arch_def}]
CFG = {{
    "url": "",
    "num_classes": {num_classes},
    "input_size": {input_size},
    "first_conv": "conv_stem",
    "classifier": "classifier",
{serving}}}
{weights}

@register_model
def {identifier}(pretrained=False, **kwargs):
    settings = dict(
        block_args=decode_arch_def(ARCH_DEF),  # decoded anew each time: building empties it
        num_classes={num_classes},
        in_chans={in_channels},
        num_features={head},
        stem_size={stem},
        stem_kernel_size={stem_kernel},
        fix_stem=True,
        round_chs_fn=int,  # the widths above are final
        act_layer=get_act_layer("{activation}"),
        norm_layer=partial(nn.BatchNorm2d, eps={eps!r}, momentum={momentum!r}),
        drop_rate={dropout!r},
        drop_path_rate={drop_path!r},
    )
    settings.update(kwargs, pretrained_cfg=CFG)
    return build_model_with_cfg(EfficientNet, "{identifier}", pretrained, **settings)
'''

WEIGHTS_BESIDE = 'CFG["file"] = str(Path(__file__).with_suffix(".safetensors"))  # for pretrained=True\n'


def export_timm(request: Request, path: Path) -> Files:
    """Return a module that registers the network with timm, and the weights by timm's names beside it."""
    architecture = request.architecture
    text = TEMPLATE.format(
        title=request.title,
        header=HEADER,
        identifier=request.identifier,
        arch_def=table([line] for line in arch_def(request)),
        num_classes=request.num_classes,
        in_channels=request.in_channels,
        head=architecture.head.width or 0,
        stem=architecture.stem.width,
        stem_kernel=architecture.stem.kernel_size,
        activation=ACTIVATIONS[architecture.activation],
        eps=request.batch_norm_eps,
        momentum=BATCH_NORM_MOMENTUM,
        dropout=architecture.dropout,
        drop_path=architecture.drop_path,
        input_size=input_size(request),
        serving=_serving(request),
        weights=WEIGHTS_BESIDE if request.state is not None else "",
        pretrained=", pretrained=True" if request.state is not None else "",
    )
    files: Files = {path: text.encode()}
    if request.state is not None:
        from search_spaces.exchange.export.weights import as_timm, pack

        files[weights_path(path)] = pack(as_timm(request.state, architecture), request.expects)
    return files


def _serving(request: Request) -> str:
    """Return further entries of the `pretrained_cfg`, none where the weights say nothing of images."""
    expects = request.expects
    if expects is None:
        return ""
    entries: dict[str, object] = {
        "mean": expects.mean,
        "std": expects.std,
        "interpolation": "bilinear",
        "crop_pct": 1.0,
    }
    if expects.classes is not None:
        entries["label_names"] = expects.classes
    return "".join(f'    "{name}": {value!r},\n' for name, value in entries.items())


def arch_def(request: Request) -> list[str]:
    """Return one resolved string for each stage; raises InvalidInput for what timm would build differently."""
    check(request.architecture, ABILITIES)
    stages = resolved_stages(request.architecture)
    return [_stage(f"stages.{index}", stage, blocks) for index, stage, blocks in stages]


def _stage(key: str, stage: Stage, blocks: list[Block]) -> str:
    for block in blocks:
        _check_block(key, stage, block)
    text = f"{_kind(stage)}_r{stage.depth}_k{stage.kernel_size}_s{stage.stride}"
    if stage.op == "mbconv":
        text += f"_e{number(stage.expansion_ratio)}"
    text += f"_c{stage.width}"
    if stage.se_ratio:
        text += f"_se{number(stage.se_ratio)}"
    return text + _skip(stage)


def _kind(stage: Stage) -> str:
    if stage.op == "mbconv":
        return "ds" if stage.expansion_ratio == 1 else "ir"  # ir with e1 would add an expansion convolution
    return {"dsconv": "dsa", "conv": "cn"}[stage.op]


def _skip(stage: Stage) -> str:
    """Return what the stage says, though its shapes may not allow a shortcut: a deeper one may have to obey."""
    if stage.op == "conv":
        return "" if stage.skip == "none" else "_skip"
    return "_noskip" if stage.skip == "none" and stage.op == "mbconv" else ""


def _check_block(key: str, stage: Stage, block: Block) -> None:
    hidden = block.expanded_width or block.in_width
    if stage.op == "conv":
        require(not stage.se_ratio, f"{key}.se_ratio", stage.se_ratio, "0: timm's plain convolution has none")
    if stage.op == "dsconv":
        shortcut = block.shortcut
        require(shortcut == "none", f"{key}.skip", shortcut, "none: timm's dsconv (dsa) has no shortcut")
    if block.expanded_width:
        theirs = round_width(block.in_width * stage.expansion_ratio)
        accepted = f"a ratio that timm rounds to {hidden} channels too, not to {theirs}"
        require(theirs == hidden, f"{key}.expansion_ratio", stage.expansion_ratio, accepted)
    if block.squeeze_width:
        theirs = round(hidden * (stage.se_ratio / float(stage.expansion_ratio)))
        accepted = f"a ratio that timm rounds to {block.squeeze_width} channels too, not to {theirs}"
        require(theirs == block.squeeze_width, f"{key}.se_ratio", stage.se_ratio, accepted)
