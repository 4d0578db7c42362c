"""Block strings for tensorflow/tpu (models/official/efficientnet), whose strides are pairs: `s22`. No torch.

Its model takes no width for stem and head: they are 32 and 1280 channels times `width_coefficient`, rounded, or as they
are without a coefficient. Where a network has others, the strings hold widths that the coefficient rounds to ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from search_spaces.architecture import Architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.abilities import Abilities, check, require
from search_spaces.exchange.export.python_text import HEADER, number, table
from search_spaces.exchange.export.request import Files, Request
from search_spaces.scaling import round_width

ABILITIES = Abilities(
    title="tensorflow/tpu",
    ops=("mbconv",),
    activations=("silu", "relu", "relu6"),
    whole_expansion=True,
)
ACTIVATIONS = {"silu": "swish", "relu": "relu", "relu6": "relu6"}
STEM, HEAD = 32, 1280
DIVISORS = (8, 4, 2, 1)

TEMPLATE = '''"""{title} for tensorflow/tpu, models/official/efficientnet; input {height} x {width} px. {header}

TensorFlow pads asymmetrically where a stride is 2: weights of other libraries fit, their logits differ a little.
"""

BLOCKS_ARGS = [
{blocks}]
GLOBAL_PARAMS = {params}
ACTIVATION = "{activation}"


def build():
    """Return the Keras model."""
    import efficientnet_builder
    import efficientnet_model
    import tensorflow.compat.v1 as tf
    import utils

    blocks = efficientnet_builder.BlockDecoder().decode(BLOCKS_ARGS)
    params = efficientnet_model.GlobalParams(
        blocks_args=BLOCKS_ARGS,
        relu_fn=getattr(tf.nn, ACTIVATION),
        batch_norm=utils.TpuBatchNormalization,
        **GLOBAL_PARAMS,
    )
    return efficientnet_model.Model(blocks, params)
'''


@dataclass(frozen=True, slots=True)
class Widths:
    """The coefficient and divisor under which stem and head come out right; no coefficient leaves all as they are."""

    coefficient: float | None = None
    divisor: int = 8

    def round(self, width: int) -> int:
        """Return what tensorflow/tpu makes of a width in a string."""
        return width if self.coefficient is None else round_width(width * self.coefficient, self.divisor)

    def unscaled(self, width: int) -> int | None:
        """Return a width that comes out as `width`, rather a multiple of the divisor; None where there is none."""
        if self.coefficient is None:
            return width
        middle = round(width / self.coefficient)
        tried = range(max(1, middle - 64), middle + 65)
        nearest = sorted(tried, key=lambda candidate: (candidate % self.divisor > 0, abs(candidate - middle)))
        return next((candidate for candidate in nearest if self.round(candidate) == width), None)


def export_tpu(request: Request, path: Path) -> Files:
    """Return a module with block strings, global parameters and a function that builds the model."""
    architecture = request.architecture
    check(architecture, ABILITIES)
    require(request.in_channels == 3, "in_channels", request.in_channels, "3")
    widths = _widths(architecture)
    height, width = architecture.input_size
    params = {
        "batch_norm_momentum": 0.99,
        "batch_norm_epsilon": request.batch_norm_eps,
        "dropout_rate": architecture.dropout,
        "survival_prob": 1 - architecture.drop_path,
        "data_format": "channels_last",
        "num_classes": request.num_classes,
        "width_coefficient": widths.coefficient,
        "depth_coefficient": None,
        "depth_divisor": widths.divisor,
        "min_depth": None,
        "use_se": True,
    }
    text = TEMPLATE.format(
        title=request.title,
        height=height,
        width=width,
        header=HEADER,
        blocks=table(block_strings(architecture, widths)),
        params="{\n" + "".join(f"    {key!r}: {value!r},\n" for key, value in params.items()) + "}",
        activation=ACTIVATIONS[architecture.activation],
    )
    return {path: text.encode()}


def block_strings(architecture: Architecture, widths: Widths) -> Iterator[str]:
    """Yield one string for each stage, such as `r1_k3_s11_e1_i32_o16_se0.25`."""
    in_width = widths.unscaled(architecture.stem.width)
    for stage in architecture.stages:
        out_width = widths.unscaled(stage.width)
        text = f"r{stage.depth}_k{stage.kernel_size}_s{stage.stride}{stage.stride}_e{number(stage.expansion_ratio)}"
        text += f"_i{in_width}_o{out_width}"
        text += f"_se{number(stage.se_ratio)}" if stage.se_ratio else ""
        yield text + ("_noskip" if stage.skip == "none" else "")
        in_width = out_width


def _widths(architecture: Architecture) -> Widths:
    """Return how stem and head come about, and the stages with them; raises InvalidInput where they cannot."""
    stem, head = architecture.stem.width, architecture.head.width or 0
    if (stem, head) == (STEM, HEAD):
        return Widths()
    wanted = {stem, head, *(stage.width for stage in architecture.stages)}
    for divisor in DIVISORS:
        widths = Widths(head / HEAD, divisor)
        ends = (widths.round(STEM), widths.round(HEAD)) == (stem, head)
        if ends and all(widths.unscaled(width) is not None for width in wanted):
            return widths
    accepted = f"a stem and a head of {STEM} and {HEAD} channels times one coefficient: tensorflow/tpu has no others"
    raise InvalidInput("stem.width", f"{stem} with a head of {head}", accepted)
