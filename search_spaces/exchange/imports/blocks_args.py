"""TensorFlow's block strings, in the dialects of tensorflow/tpu (`s22`) and google/automl (`s2`). No torch."""

from __future__ import annotations

from itertools import pairwise

from search_spaces.architecture import Stage
from search_spaces.errors import InvalidInput
from search_spaces.exchange.imports.tokens import Tokens, stage_of, tokens

LETTERS = ("r", "k", "s", "e", "i", "o", "se", "c", "f")


def decode_blocks_args(blocks_args: tuple[str, ...]) -> tuple[int, tuple[Stage, ...]]:
    """Return the width the first block takes in, and the stages; raises InvalidInput for what we cannot build."""
    if not blocks_args:
        raise InvalidInput("blocks_args", blocks_args, "at least one string")
    parsed = [
        tokens(f"blocks_args.{index}", text, text.split("_"), LETTERS, ("noskip",))
        for index, text in enumerate(blocks_args)
    ]
    for before, after in pairwise(parsed):
        if after.integer("i") != before.integer("o"):
            raise after.refuse(f"i{before.integer('o')}: what the string before puts out")
    return parsed[0].integer("i"), tuple(map(_stage, parsed))


def _stage(parsed: Tokens) -> Stage:
    for letter, what in (("c", "a convolution in the place of the depthwise one"), ("f", "a fused convolution")):
        if parsed.real(letter, 0) != 0:
            raise parsed.refuse(f"no {letter} or {letter}0: we have no block with {what}")
    return stage_of(
        parsed,
        op="mbconv",
        kernel_size=parsed.integer("k"),
        stride=_stride(parsed),
        expansion_ratio=parsed.real("e"),
        se_ratio=parsed.real("se", 0),
        skip="none" if "noskip" in parsed.words else "identity",
        width=parsed.integer("o"),
        depth=parsed.integer("r"),
    )


def _stride(parsed: Tokens) -> int:
    digits = str(parsed.integer("s"))
    if len(digits) > 2 or digits[0] != digits[-1]:
        raise parsed.refuse("s1, s2 or a pair of equal strides such as s22")
    return int(digits[0])
