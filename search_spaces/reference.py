"""Published networks as architectures. No torch."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial

from search_spaces.architecture import Activation, Architecture, Head, Op, Skip, Stage, Stem
from search_spaces.errors import InvalidInput
from search_spaces.scaling import scale_architecture

# (kernel_size, stride, expansion_ratio, width, depth) of each stage
B0_STAGES = [
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 6, 40, 2),
    (3, 2, 6, 80, 3),
    (5, 1, 6, 112, 3),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
]
MNASNET_A1_STAGES = [
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (5, 2, 3, 40, 3),
    (3, 2, 6, 80, 4),
    (3, 1, 6, 112, 2),
    (5, 2, 6, 160, 3),
    (3, 1, 6, 320, 1),
]
MNASNET_B1_STAGES = [
    (3, 1, 1, 16, 1),
    (3, 2, 3, 24, 3),
    (5, 2, 3, 40, 3),
    (5, 2, 6, 80, 3),
    (3, 1, 6, 96, 2),
    (5, 2, 6, 192, 4),
    (3, 1, 6, 320, 1),
]
MOBILENET_V2_STAGES = [
    (3, 1, 1, 16, 1),
    (3, 2, 6, 24, 2),
    (3, 2, 6, 32, 3),
    (3, 2, 6, 64, 4),
    (3, 1, 6, 96, 3),
    (3, 2, 6, 160, 3),
    (3, 1, 6, 320, 1),
]
# name: (width, depth, resolution, dropout), as the official code sets them (tensorflow/tpu, efficientnet_builder.py)
EFFICIENTNETS = {
    "efficientnet-b0": (1.0, 1.0, 224, 0.2),
    "efficientnet-b1": (1.0, 1.1, 240, 0.2),
    "efficientnet-b2": (1.1, 1.2, 260, 0.3),
    "efficientnet-b3": (1.2, 1.4, 300, 0.3),
    "efficientnet-b4": (1.4, 1.8, 380, 0.4),
    "efficientnet-b5": (1.6, 2.2, 456, 0.4),
    "efficientnet-b6": (1.8, 2.6, 528, 0.5),
    "efficientnet-b7": (2.0, 3.1, 600, 0.5),
    "efficientnet-b8": (2.2, 3.6, 672, 0.5),
    "efficientnet-l2": (4.3, 5.3, 800, 0.5),
}


def _mobile(
    name: str,
    rows: list[tuple[int, int, int, int, int]],
    *,
    se_ratios: Sequence[float] = (0,) * 7,
    first_skip: Skip = "identity",
    activation: Activation,
    drop_path: float = 0.0,
) -> Architecture:
    """Build a network over the skeleton that MobileNetV2, MnasNet and EfficientNet share."""
    stages = [
        Stage(op="mbconv", kernel_size=k, stride=s, expansion_ratio=e, se_ratio=se, width=width, depth=depth)
        for (k, s, e, width, depth), se in zip(rows, se_ratios, strict=True)
    ]
    stages[0] = replace(stages[0], skip=first_skip)
    return Architecture(
        name=name,
        resolution=224,
        stem=Stem(width=32),
        stages=tuple(stages),
        head=Head(width=1280),
        activation=activation,
        dropout=0.2,
        drop_path=drop_path,
    )


def _efficientnet(name: str) -> Architecture:
    """EfficientNet (arXiv:1905.11946)."""
    width, depth, resolution, dropout = EFFICIENTNETS[name]
    b0 = _mobile(name, B0_STAGES, se_ratios=(0.25,) * 7, activation="silu", drop_path=0.2)
    return replace(scale_architecture(b0, width=width, depth=depth), resolution=resolution, dropout=dropout)


def _mnasnet_a1() -> Architecture:
    """MnasNet-A1, the one with squeeze-and-excitation (arXiv:1807.11626, figure 7 and official code)."""
    se_ratios = (0, 0, 0.25, 0, 0.25, 0.25, 0)
    return _mobile("mnasnet-a1", MNASNET_A1_STAGES, se_ratios=se_ratios, first_skip="none", activation="relu")


def _mnasnet_b1() -> Architecture:
    """MnasNet-B1, without squeeze-and-excitation (official code)."""
    return _mobile("mnasnet-b1", MNASNET_B1_STAGES, first_skip="none", activation="relu")


def _mobilenet_v2() -> Architecture:
    """MobileNetV2 at width 1 (arXiv:1801.04381)."""
    return _mobile("mobilenet-v2", MOBILENET_V2_STAGES, activation="relu6")


def _mobilenet_v1() -> Architecture:
    """MobileNetV1 at width 1 (arXiv:1704.04861), with the ReLU6 of its official code."""
    rows = [(1, 64, 1), (2, 128, 2), (2, 256, 2), (2, 512, 6), (2, 1024, 2)]
    stages = [Stage(op="dsconv", stride=stride, skip="none", width=width, depth=depth) for stride, width, depth in rows]
    return Architecture(
        name="mobilenet-v1",
        resolution=224,
        stem=Stem(width=32),
        stages=tuple(stages),
        head=Head(width=None),
        activation="relu6",
    )


def _resnet(name: str, op: Op, expansion_ratio: float, widths: Sequence[int], depths: Sequence[int]) -> Architecture:
    """ResNet (arXiv:1512.03385), the stride in the 3 x 3 convolution (v1.5, as torchvision)."""
    stages = [
        Stage(op=op, stride=stride, expansion_ratio=expansion_ratio, skip="projection", width=width, depth=depth)
        for stride, width, depth in zip((1, 2, 2, 2), widths, depths, strict=True)
    ]
    return Architecture(
        name=name,
        resolution=224,
        stem=Stem(width=64, kernel_size=7, pool=2),
        stages=tuple(stages),
        head=Head(width=None),
        activation="relu",
    )


REFERENCES: dict[str, Callable[[], Architecture]] = {
    **{name: partial(_efficientnet, name) for name in EFFICIENTNETS},
    "mnasnet-a1": _mnasnet_a1,
    "mnasnet-b1": _mnasnet_b1,
    "mobilenet-v1": _mobilenet_v1,
    "mobilenet-v2": _mobilenet_v2,
    "resnet-18": partial(_resnet, "resnet-18", "basic", 1, (64, 128, 256, 512), (2, 2, 2, 2)),
    "resnet-50": partial(_resnet, "resnet-50", "bottleneck", 0.25, (256, 512, 1024, 2048), (3, 4, 6, 3)),
}


@lru_cache
def reference(name: str) -> Architecture:
    """Return a published network by name, such as `efficientnet-b0`; an unknown name raises InvalidInput."""
    if name not in REFERENCES:
        raise InvalidInput("reference", name, REFERENCES)
    return REFERENCES[name]()
