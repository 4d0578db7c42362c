"""TensorFlow's strings in both dialects."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from search_spaces import InvalidInput, Stage
from search_spaces.exchange.imports.blocks_args import decode_blocks_args
from search_spaces.reference import reference
from tests.search_spaces.exchange.imports.published import B0, load


@pytest.mark.parametrize("dialect", ["tpu", "automl"])
def test_published_tensorflow_strings_are_b0(dialect: str, tmp_path: Path) -> None:
    strings = [text.replace("s11", "s1").replace("s22", "s2") for text in B0] if dialect == "automl" else B0
    found = load(tmp_path, blocks_args=strings, activation="silu", dropout=0.2, drop_path=0.2)
    assert found.key == reference("efficientnet-b0").key
    assert found.name == "mine"


@pytest.mark.parametrize("text", ["r2_k3_s22_e6_i16_o24_se0.25", "r2_k3_s2_e6_i16_o24_se0.25_c0_f0"])
def test_both_dialects_say_the_same(text: str) -> None:
    stage = Stage(op="mbconv", stride=2, expansion_ratio=6, se_ratio=0.25, width=24, depth=2)
    assert decode_blocks_args((text,)) == (16, (stage,))
    assert decode_blocks_args((f"{text}_noskip",)) == (16, (replace(stage, skip="none"),))


@pytest.mark.parametrize(
    ("texts", "key", "said"),
    [
        ((), "blocks_args", "at least one"),
        (("r1_k3_s12_e1_i32_o16",), "blocks_args.0", "equal strides"),
        (("r1_k3_s111_e1_i32_o16",), "blocks_args.0", "equal strides"),
        (("r1_k3_s2_e1_i32_o16_f1",), "blocks_args.0", "fused"),
        (("r1_k3_s1_e1_i32_o16", "r1_k3_s1_e1_i24_o16"), "blocks_args.1", "i16"),
    ],
)
def test_what_we_cannot_build_is_refused_by_its_place(texts: tuple[str, ...], key: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as caught:
        decode_blocks_args(texts)
    assert caught.value.key == key
