"""Journals of studies: lines that anybody may hand over."""

from __future__ import annotations

import json
from functools import cache

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from nas.cli import main as nas
from tests.fuzz.mutations import spoiled, spoiled_bytes
from tests.fuzz.sandbox import check_command, fuzzed, sandbox

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("nothing_trained")]

SEARCH = {
    "try": {
        "objective": {"python": "tests.objectives:by_size"},
        "nas": {"sampler": "random", "trials": 3, "references": []},
    }
}


@cache
def journal() -> bytes:
    with sandbox() as work:
        (work / "experiments.yaml").write_text(yaml.safe_dump(SEARCH))
        done = CliRunner().invoke(nas, ["run", "try", "--out", "out"])
        assert done.exit_code == 0, done.output
        return (work / "out/try/nas/study.journal").read_bytes()


@st.composite
def journals(draw: st.DrawFn) -> bytes:
    """Spoil one line of a journal, or all of it."""
    lines = journal().splitlines(keepends=True)
    place = draw(st.integers(0, len(lines) - 1))
    kind = draw(st.sampled_from(("document", "line", "bytes", "garbage", "drop", "twice", "torn")))
    if kind == "bytes":
        return draw(spoiled_bytes(journal()))
    if kind == "document":
        lines[place] = json.dumps(draw(spoiled(json.loads(lines[place]))), default=repr).encode() + b"\n"
    elif kind == "line":
        lines[place] = draw(spoiled_bytes(lines[place]))
    elif kind == "garbage":
        lines.insert(
            place, draw(st.binary(max_size=20) | st.sampled_from((b"[]", b"null", b"{}", b"\0" * 40, b"\xff"))) + b"\n"
        )
    elif kind == "drop":
        del lines[place]
    elif kind == "twice":
        lines.insert(place, lines[place])
    else:
        lines[place] = lines[place][: len(lines[place]) // 2]
    return b"".join(lines)


@fuzzed(6)
@given(content=st.deferred(journals))
def test_journals(content: bytes) -> None:
    with sandbox() as work:
        (work / "experiments.yaml").write_text(yaml.safe_dump(SEARCH))
        (work / "out/try/nas").mkdir(parents=True)
        (work / "out/try/nas/study.journal").write_bytes(content)
        check_command(nas, work, "run", "try", "--out", "out", "--set", "nas.trials=4")
