"""Weights and checkpoints: bytes that anybody may hand over."""

from __future__ import annotations

import io
import json
import pickle
import struct
from functools import cache

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from search_spaces.architecture_file import save_architecture
from search_spaces.network import build_network
from search_spaces.reference import reference
from search_spaces.weights import Expects, load_trained, save_weights
from tests.fuzz.mutations import Evil, spoiled, spoiled_bytes
from tests.fuzz.sandbox import check_call, fuzzed, sandbox
from trials.training import checkpoint

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_trained")]


@cache
def trained() -> dict[str, bytes]:
    """Return the two files of a trained network, and a checkpoint."""
    with sandbox() as work:
        save_architecture(reference("mobilenet-v2"), work / "architecture.yaml")
        network = build_network(reference("mobilenet-v2"), 1, 3)
        save_weights(
            network, Expects(resolution=(9, 9), mean=(0.5,), std=(0.2,), num_classes=3), work / "weights.safetensors"
        )
        torch.save({"identity": {"format": "1"}, "network": {"weight": torch.zeros(3)}}, work / "checkpoint.pt")
        return {path.name: path.read_bytes() for path in work.iterdir()}


def header(text: str) -> bytes:
    """Return the beginning of weights whose header is another; what follows is the same for all."""
    return struct.pack("<Q", len(text.encode())) + text.encode()


@fuzzed(6)
@given(data=st.data())
def test_weights(data: st.DataObject) -> None:
    whole = trained()["weights.safetensors"]
    length = struct.unpack("<Q", whole[:8])[0]
    cut = 8 + min(length, 2000)
    said = json.loads(whole[8 : 8 + length])
    expects = json.loads(said["__metadata__"]["expects"])
    # the megabytes of weights are no part of what is drawn: all that is drawn is kept
    head, rest = data.draw(
        st.one_of(
            spoiled_bytes(whole[:cut]).map(lambda head: (head, cut)),
            spoiled(said).map(lambda changed: (header(json.dumps(changed, default=repr)), 8 + length)),
            spoiled(expects).map(
                lambda changed: (
                    header(json.dumps(said | {"__metadata__": {"expects": json.dumps(changed, default=repr)}})),
                    8 + length,
                )
            ),
            st.sampled_from([b"", b"\xff" * 8, b"\xff" * 7 + b"\x7f", pickle.dumps(Evil())]).map(
                lambda head: (head, len(whole))
            ),
        )
    )
    with sandbox() as work:
        (work / "architecture.yaml").write_bytes(trained()["architecture.yaml"])
        (work / "weights.safetensors").write_bytes(head + whole[rest:])
        check_call(work, lambda: load_trained(work))


def pickled(value: object) -> bytes:
    stream = io.BytesIO()
    torch.save(value, stream)
    return stream.getvalue()


@fuzzed(10)
@given(data=st.data())
def test_checkpoints(data: st.DataObject) -> None:
    made = st.sampled_from([pickle.dumps(Evil()), pickled(Evil()), pickled({"network": Evil()}), pickled([1]), b""])
    content = data.draw(spoiled_bytes(trained()["checkpoint.pt"]) | made)
    with sandbox() as work:
        (work / "checkpoint.pt").write_bytes(content)
        check_call(
            work,
            lambda: checkpoint.require_same(
                work, checkpoint.read(work / "checkpoint.pt", 1 << 24).get("identity"), {"format": "1"}
            ),
        )
