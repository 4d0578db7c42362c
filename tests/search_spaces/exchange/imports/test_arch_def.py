"""timm's strings: published ones are the references, others are refused by their string."""

from __future__ import annotations

from pathlib import Path

import pytest

from search_spaces import InvalidInput
from search_spaces.exchange.imports.arch_def import decode_arch_def
from tests.search_spaces.exchange.imports.published import MNASNET_A1, MOBILENET_V1, load, plain


def test_published_arch_defs_are_the_references(tmp_path: Path) -> None:
    assert load(tmp_path, arch_def=MNASNET_A1, activation="relu").key == plain("mnasnet-a1").key
    headless = {"head": {"width": None}, "activation": "relu6"}
    assert load(tmp_path, arch_def=MOBILENET_V1, **headless).key == plain("mobilenet-v1").key


def test_several_strings_make_one_stage_of_theirs_and_several_of_ours(tmp_path: Path) -> None:
    strings = [["ir_r2_k3_s2_e3_c24_nre", "ir_r1_k5_s1_e6_c24_se0.25"], ["cn_r2_k3_s1_c24_skip"], ["cn_r1_k1_s1_c48"]]
    found = load(
        tmp_path, arch_def=strings, activation="relu", resolution=[64, 96], stem={"width": 16, "kernel_size": 5}
    )
    assert [(stage.op, stage.depth, stage.skip) for stage in found.stages] == [
        ("mbconv", 2, "identity"),
        ("mbconv", 1, "identity"),
        ("conv", 2, "identity"),
        ("conv", 1, "none"),
    ]
    assert (found.stem.kernel_size, found.head.width, found.resolution) == (5, 1280, (64, 96))


REFUSED: list[tuple[str, str]] = [
    ("ir_r1_k3_s1_e1_c32", "ds"),
    ("ir_r1_k3_s1_c32", "e followed by a number"),
    ("er_r1_k3_s1_e4_c32", "begins with one of ir, ds, dsa, cn"),
    ("uir_r1_k3_s1_e4_c32", "begins with one of"),
    ("ds_r1_k3_s1_e2_c32", "e1"),
    ("ir_r1_k3.5_s1_e4_c32", "k followed by an integer"),
    ("ir_r1_k4_s1_e4_c32", "kernel_size"),
    ("ir_r1_k3_s1_e4_c32_cc4", "nothing else"),
    ("ir_r1_r2_k3_s1_e4_c32", "at most once"),
    ("ir_r1_k3_s1_e4_c32_nhs", "relu in every block"),
    ("ir_r1_k3_s1_e4_c0", "width"),
    ("ir_r1_k3_s1_e4", "c followed by an integer"),
    ("ir_r1_k3_s1_e4_c32_se9", "se_ratio"),
    ("ir_r99999999_k3_s1_e4_c32", "r followed by an integer"),
    ("cn_r1_k3_s1_c32_se0.25", "plain convolution"),
    ("ir_r1_k3_s1_e1.3_c32", "timm rounds"),
    ("", "begins with one of"),
    ("ir", "integer"),
]


@pytest.mark.parametrize(("text", "said"), REFUSED)
def test_a_string_we_cannot_build_exactly_is_refused(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        load(tmp_path, arch_def=[[text]], activation="relu")
    assert "\n" not in str(caught.value)


def test_a_network_of_no_string_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"^arch_def: got \(\(\),\), accepted: at least one string"):
        decode_arch_def(((),), "relu")


def test_the_activation_may_be_said_again() -> None:
    (said,) = decode_arch_def((("ir_r1_k3_s1_e4_c32_nhs",),), "hardswish")
    assert (said,) == decode_arch_def((("ir_r1_k3_s1_e4_c32",),), "hardswish")
