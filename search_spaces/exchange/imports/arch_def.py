"""timm's block strings: `ir_r2_k3_s2_e6_c24_se0.25`, in lists, one list a stage. No torch."""

from __future__ import annotations

from typing import Any

from search_spaces.architecture import Activation, Stage
from search_spaces.errors import InvalidInput
from search_spaces.exchange.imports.tokens import Tokens, stage_of, tokens

LETTERS = ("r", "k", "s", "e", "c", "se")
ACTIVATION_WORDS = {"nre": "relu", "nr6": "relu6", "nhs": "hardswish", "nsw": "silu"}
KINDS = ("ir", "ds", "dsa", "cn")


def decode_arch_def(arch_def: tuple[tuple[str, ...], ...], activation: Activation) -> tuple[Stage, ...]:
    """Return the stages of an `arch_def`; raises InvalidInput for the first string we cannot build exactly."""
    stages = [
        _stage(f"arch_def.{group}.{position}", text, position, activation)
        for group, texts in enumerate(arch_def)
        for position, text in enumerate(texts)
    ]
    if not stages:
        raise InvalidInput("arch_def", arch_def, "at least one string")
    return tuple(stages)


def _stage(key: str, text: str, position: int, activation: Activation) -> Stage:
    kind, *parts = text.split("_")
    if kind not in KINDS:
        raise InvalidInput(key, text, f"a string that begins with one of {', '.join(KINDS)}: we have no other blocks")
    parsed = tokens(key, text, parts, LETTERS, ("skip", "noskip", *ACTIVATION_WORDS))
    for word in parsed.words:
        if ACTIVATION_WORDS.get(word, activation) != activation:
            raise parsed.refuse(f"{activation} in every block, the activation of the network")
    stride = parsed.integer("s")
    if position > 0 and stride != 1:
        raise parsed.refuse("s1: timm strides only in the first block of a stage")
    shape: dict[str, Any] = {
        "kernel_size": parsed.integer("k"),
        "stride": stride,
        "width": parsed.integer("c"),
        "depth": parsed.integer("r"),
    }
    return stage_of(parsed, **shape, **_kind(kind, parsed))


def _kind(kind: str, parsed: Tokens) -> dict[str, Any]:
    """Return op, expansion, squeeze-and-excitation and skip."""
    expansion = parsed.real("e", 1) if kind != "ir" else parsed.real("e")
    if kind != "ir" and expansion != 1:
        raise parsed.refuse(f"e1, or no e: {kind} does not expand")
    if kind == "ir" and expansion == 1:
        raise parsed.refuse("ds in the place of ir with e1, which timm expands to as many channels")
    skip = "none" if "noskip" in parsed.words or kind == "dsa" else "identity"
    if kind == "cn":
        skip = "identity" if "skip" in parsed.words else "none"
    op = {"ir": "mbconv", "ds": "mbconv", "dsa": "dsconv", "cn": "conv"}[kind]
    return {"op": op, "expansion_ratio": expansion, "se_ratio": parsed.real("se", 0), "skip": skip}
