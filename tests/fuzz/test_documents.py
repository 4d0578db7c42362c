"""Experiments, spaces, architectures and what other libraries write: YAML that anybody may hand over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from grid_search.cli import main as scale
from nas.cli import main as nas
from search_spaces.architecture_file import architecture_mapping
from search_spaces.reference import reference
from search_spaces.space_file import SHIPPED
from tests.fuzz.mutations import NAMES, ODD, spoiled_yaml
from tests.fuzz.sandbox import check_command, fuzzed, sandbox

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_trained")]

EXPERIMENT: dict[str, Any] = {
    "description": "tried",
    "seed": 1,
    "space": "efficientnet",
    "objective": {"python": "tests.objectives:by_size"},
    "data": {"name": "digits", "train_images": 100, "validation_images": 50},
    "proxy": {"width": 0.25, "depth": 0.5, "resolution": 0.1, "drop_strides": 1, "batch_norm_momentum": 0.1},
    "training": {"epochs": 4, "batch_size": 32, "learning_rate": 0.05, "label_smoothing": 0.1, "ema_decay": 0.9},
    "cost": {"network": "full", "num_classes": 10},
    "reward": {"kind": "absolute", "target": "400M", "w": -0.07},
    "limits": {"max_flops": "600M", "max_params": 10_000_000},
    "compute": {"device": "cpu", "threads": 1},
    "nas": {"sampler": "random", "trials": 3, "references": ["efficientnet-b0"], "full_training": {"epochs": 2}},
    "scale": {
        "baseline": "efficientnet-b0",
        "candidates": 3,
        "leaders": 2,
        "repeats": 1,
        "phis": [0],
        "grid": {"alpha": {"step": 0.2}, "beta": {"step": 0.2}, "gamma": {"step": 0.2}, "tolerance": 0.3, "target": 2},
    },
}
ARCHITECTURE: dict[str, Any] = {
    "name": "small",
    "resolution": 24,
    "stem": {"width": 8, "kernel_size": 3, "stride": 2},
    "stages": [
        {
            "op": "mbconv",
            "kernel_size": 3,
            "expansion_ratio": 4,
            "se_ratio": 0.25,
            "stride": 2,
            "width": 16,
            "depth": 2,
        },
        {"op": "dsconv", "skip": "pool", "stride": 1, "width": 24, "depth": 1},
    ],
    "head": {"width": 32},
    "activation": "relu",
    "dropout": 0.1,
    "drop_path": 0.0,
    "provenance": {"phi": 1.0, "multipliers": {"depth": 1.2, "width": 1.1, "resolution": 1.15}, "measured_ratio": 2.5},
}
SPACE: dict[str, Any] = {
    "name": "tried",
    "description": "few",
    "skeleton": architecture_mapping(reference("mobilenet-v2")) | {"resolution": 32},
    "resolution": {"one_of": [32, [24, 32]]},
    "stem": {"width": {"one_of": [16, 32]}},
    "head": {"width": {"one_of": [640, 1280]}},
    "activation": {"one_of": ["relu", "silu"]},
    "every_stage": {"kernel_size": {"one_of": [3, 5]}, "width": {"multiply": [0.5, 1]}},
    "stages": {"3": {"one_of": [{"depth": 0}, {"depth": {"one_of": [1, 2]}}]}, "5": {"depth": {"add": [-1, 1]}}},
}
STRINGS: list[dict[str, Any]] = [
    {
        "name": "from-timm",
        "activation": "silu",
        "resolution": 64,
        "arch_def": [["ds_r1_k3_s1_e1_c16_se0.25"], ["ir_r2_k3_s2_e6_c24_se0.25", "ir_r1_k5_s1_e4_c24_noskip"]],
    },
    {"activation": "relu", "blocks_args": ["r1_k3_s11_e1_i32_o16_se0.25", "r2_k3_s22_e6_i16_o24"], "dropout": 0.2},
]
ON_EXPERIMENTS = [
    (nas, ["run", "try"]),
    (nas, ["run", "try"]),
    (scale, ["search", "try"]),
    (scale, ["search", "try"]),
    (nas, ["qa", "try", "--networks", "4", "--seeds", "1", "--set", "objective=train"]),
    (nas, ["train", "mobilenet-v2", "try", "--set", "objective=train"]),
    (nas, ["compare", "mobilenet-v2", "try", "--seeds", "2"]),
    (nas, ["calibrate", "try"]),
]
COEFFICIENTS = ["--alpha", "1.2", "--beta", "1.1", "--gamma", "1.15"]
ON_ARCHITECTURES = [
    (nas, ["cost", "in.yaml"]),
    (nas, ["cost", "in.yaml"]),
    (nas, ["train", "in.yaml", "try", "--set", "objective=train"]),
    (nas, ["compare", "in.yaml", "try", "--seeds", "2"]),
    (scale, ["grid", "--baseline", "in.yaml", "--step", "0.25", "--tolerance", "0.3", "--csv", "out/grid.csv"]),
    (scale, ["emit", "--baseline", "in.yaml", *COEFFICIENTS, "--phi", "0,1", "--out", "out"]),
    (scale, ["emit", "--baseline", "in.yaml", *COEFFICIENTS, "--flops", "2x", "--out", "out"]),
    *[
        (scale, ["export", "in.yaml", "--to", to, "--out", f"out/net.{to}"])
        for to in ("tpu", "automl", "pycls", "torch")
    ],
    (scale, ["import", "in.yaml", "--out", "out/net.yaml"]),
    (scale, ["table", "family"]),
]
Commands = list[tuple[click.Command, list[str]]]


def put(work: Path, content: bytes) -> None:
    (work / "in.yaml").write_bytes(content)
    (work / "family").mkdir()
    (work / "family" / "member.yaml").write_bytes(content)
    (work / "experiments.yaml").write_text(yaml.safe_dump({"try": EXPERIMENT}))


def places(arguments: list[str]) -> list[str]:
    reads = arguments[0] in ("run", "search", "qa", "compare", "calibrate") or arguments[0] == "train"
    return ["--out", "out"] if reads else []


@fuzzed(20)
@given(content=spoiled_yaml({"other": {"seed": 3}, "try": EXPERIMENT}), command=st.sampled_from(ON_EXPERIMENTS))
def test_experiments(content: bytes, command: tuple[click.Command, list[str]]) -> None:
    with sandbox() as work:
        (work / "experiments.yaml").write_bytes(content)
        check_command(command[0], work, *command[1], "--out", "out")


@fuzzed(20)
@given(content=spoiled_yaml(ARCHITECTURE), command=st.sampled_from(ON_ARCHITECTURES))
def test_architectures(content: bytes, command: tuple[click.Command, list[str]]) -> None:
    with sandbox() as work:
        put(work, content)
        check_command(command[0], work, *command[1], *places(command[1]))


@fuzzed(10)
@given(
    content=st.sampled_from(STRINGS).flatmap(spoiled_yaml),
    command=st.sampled_from([(scale, ["import", "in.yaml", "--out", "out/net.yaml"]), ON_ARCHITECTURES[4]]),
)
def test_block_strings(content: bytes, command: tuple[click.Command, list[str]]) -> None:
    with sandbox() as work:
        put(work, content)
        check_command(command[0], work, *command[1])


@fuzzed(10)
@given(content=spoiled_yaml(SPACE) | spoiled_yaml(yaml.safe_load((SHIPPED / "mnasnet.yaml").read_text())))
def test_spaces(content: bytes) -> None:
    with sandbox() as work:
        put(work, content)
        check_command(nas, work, "run", "try", "--set", "space=in.yaml", "--out", "out")


OVERRIDES = (
    "seed",
    "space",
    "nas",
    "nas.trials",
    "nas.references",
    "objective.python",
    "reward.target",
    "scale.grid",
    "x",
    "",
)
TEXTS = st.sampled_from([str(value) for value in (*ODD, *NAMES)]) | st.text(max_size=30)
ARGUMENTS: dict[str, Callable[[str], list[str]]] = {
    "experiment": lambda text: ["run", "--file", "experiments.yaml", "--", text],
    "file": lambda text: ["run", "try", "--file", text],
    "set": lambda text: ["run", "try", "--set", text],
    "name": lambda text: ["train", "mobilenet-v2", "try", "--set", "objective=train", "--name", text],
    "network": lambda text: ["cost", "--", text],
    "storage": lambda text: ["run", "try", "--storage", text],
    "reference": lambda text: ["compare", "mobilenet-v2", "try", "--seeds", "1", "--reference", text],
}


@fuzzed(15)
@given(kind=st.sampled_from(sorted(ARGUMENTS)), text=TEXTS, key=st.sampled_from(OVERRIDES), entry=st.booleans())
def test_command_lines(kind: str, text: str, key: str, entry: bool) -> None:
    text = text.replace("\0", "?").encode("utf-8", "replace").decode()[:5000]  # what a shell can hand over
    with sandbox() as work:
        entries = {"try": EXPERIMENT} | ({text: EXPERIMENT} if entry else {})  # also names that the file does hold
        (work / "experiments.yaml").write_text(yaml.safe_dump(entries))
        arguments = ARGUMENTS[kind](f"{key}={text}" if kind == "set" else text)
        check_command(
            nas, work, *arguments[:1], "--out", "out", *arguments[1:]
        ) if kind != "network" else check_command(nas, work, *arguments)
