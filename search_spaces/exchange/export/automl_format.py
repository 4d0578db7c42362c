"""Block strings for google/automl (efficientnetv2), whose strides are single numbers: `s2`. No torch."""

from __future__ import annotations

from pathlib import Path

from search_spaces.architecture import Stage
from search_spaces.exchange.export.abilities import Abilities, check, require, stage_inputs
from search_spaces.exchange.export.python_text import HEADER, number, table
from search_spaces.exchange.export.request import Files, Request

ABILITIES = Abilities(
    title="google/automl",
    ops=("mbconv",),
    activations=("silu", "relu", "relu6", "hardswish"),
    strides=(1, 2, 3, 4),
    can_skip_nothing=False,
    whole_expansion=True,
)
ACTIVATIONS = {"silu": "silu", "relu": "relu", "relu6": "relu6", "hardswish": "hswish"}

TEMPLATE = '''"""{title} for google/automl, efficientnetv2; input {height} x {width} px. {header}

TensorFlow pads asymmetrically where a stride is 2: weights of other libraries fit, their logits differ a little.
"""

BLOCKS_ARGS = [
{blocks}]
MODEL_CONFIG = {config}


def build():
    """Return the Keras model."""
    import effnetv2_configs
    import effnetv2_model

    blocks = effnetv2_configs.BlockDecoder().decode(BLOCKS_ARGS)
    return effnetv2_model.EffNetV2Model(model_name=None, model_config={{**MODEL_CONFIG, "blocks_args": blocks}})
'''


def export_automl(request: Request, path: Path) -> Files:
    """Return a module with block strings, the model's configuration and a function that builds the model."""
    architecture = request.architecture
    check(architecture, ABILITIES)
    require(request.in_channels == 3, "in_channels", request.in_channels, "3")
    height, width = architecture.input_size
    config = {
        "model_name": request.identifier,
        "feature_size": architecture.head.width,
        "bn_momentum": 0.99,
        "bn_epsilon": request.batch_norm_eps,
        "act_fn": ACTIVATIONS[architecture.activation],
        "survival_prob": 1 - architecture.drop_path,
        "dropout_rate": architecture.dropout,
        "depth_coefficient": None,
        "width_coefficient": None,  # the widths in the strings are final, the stem's too: it is the first `i`
        "num_classes": request.num_classes,
    }
    text = TEMPLATE.format(
        title=request.title,
        height=height,
        width=width,
        header=HEADER,
        blocks=table(_string(stage, in_width) for stage, in_width in stage_inputs(architecture)),
        config="{\n" + "".join(f"    {key!r}: {value!r},\n" for key, value in config.items()) + "}",
    )
    return {path: text.encode()}


def _string(stage: Stage, in_width: int) -> str:
    text = f"r{stage.depth}_k{stage.kernel_size}_s{stage.stride}_e{number(stage.expansion_ratio)}"
    text += f"_i{in_width}_o{stage.width}_c0"
    return text + (f"_se{number(stage.se_ratio)}" if stage.se_ratio else "")
