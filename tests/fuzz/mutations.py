"""Hypothesis strategies that spoil valid inputs: documents, the YAML they are written in, and bytes."""

from __future__ import annotations

import copy
import datetime
import os
from typing import Any

import yaml
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

LONG = 5_000
NAMES = (
    "../../evil",
    "/tmp/../evil",
    "..",
    ".",
    "",
    "a/b",
    "a\\b",
    "nul\0byte",
    "-rf",
    "\x1b[31mred",
    "two\nlines",
    "é" * 300,
)
ODD: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    3,
    2**31,
    2**63,
    -(2**70),
    10**400,
    0.0,
    -0.0,
    0.5,
    1e-300,
    1e308,
    float("nan"),
    float("inf"),
    float("-inf"),
    "",
    "null",
    "1e999",
    "x" * LONG,
    "0x1F",
    "1:30",
    "\u202e\u0000\u0085",
    b"\xff\x00",
    datetime.date(2020, 1, 1),
    [],
    {},
    [[]],
    {"one_of": []},
    {"one_of": [1, "a", None, {}]},
    {"multiply": [0, -1, 1e308]},
    {"": ""},
    {1: 2},
    {None: None},
    list(range(300)),
    *NAMES,
)
ODDITIES = st.sampled_from(ODD).map(copy.deepcopy)  # what is drawn may be spoiled further
RAW = (
    b"\xff\xfe",
    b"\x00",
    b"\xef\xbb\xbf",
    b"\t",
    b"%YAML 9.9\n---\n",
    b"---\n---\n",
    b"!!python/object/apply:os.system ['touch evil']\n",
    b"? [a, b]\n: c\n",
    b"a: &a [*a]\n",
    b"&a {a: *a}\n",
    b"<<: [1, 2]\n",
    b"<<: &m {<<: *m}\n",
    b"a: *nowhere\n",
    b"a: 2020-13-45\n",
    b"a: 2020-01-01 99:99:99\n",
    b"a: " + b"9" * 5000 + b"\n",
    b"a: " + b"[" * 3000 + b"\n",
    b"a: " + b"{a: " * 3000 + b"\n",
    b'a: "\\ud800"\n',
    b'"\\ud800": 1\n',
    b'"two\\nlines\\e[31m": 1\n',
    b"a: 1\na: 2\n",
    b"a: .nan\n",
    b"a: 1_000__0\n",
    b"a: 190:20:30\n",
    b"a: !!binary x\n",
    b"a: !!set {a, b}\n",
    b"a: !!omap [a: 1]\n",
    b"a: !!int x\n",
    b"a: !!float x\n",
    b"a: !!timestamp x\n",
    b"a: !!bool x\n",
)
BOMB = "\n".join(
    [".b0: &b0 [1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    + [f".b{level}: &b{level} [{', '.join([f'*b{level - 1}'] * 9)}]" for level in range(1, 10)]
)


class Evil:
    """An object whose unpickling leaves a file where no file belongs."""

    def __reduce__(self) -> tuple[Any, tuple[str]]:
        return os.system, ("touch ../evil",)


def paths_of(document: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the place of every value inside a document."""
    inner = (
        document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    )
    return [found for key, value in inner for found in ((*path, key), *paths_of(value, (*path, key)))]


@st.composite
def spoiled(draw: DrawFn, document: Any, most: int = 3) -> Any:
    """Return the document with one to `most` values dropped, renamed, replaced, wrapped, repeated or swapped."""
    document = copy.deepcopy(document)
    for _ in range(draw(st.integers(1, most))):
        places = paths_of(document)
        if not places:
            break
        *parents, last = draw(st.sampled_from(places))
        owner = document
        for part in parents:
            owner = owner[part]
        _spoil(draw, owner, last, [value for value in _values(document) if not isinstance(value, dict | list)])
    return document


def _spoil(draw: DrawFn, owner: Any, key: Any, others: list[Any]) -> None:
    kind = draw(
        st.sampled_from(("replace", "replace", "swap", "drop", "rename", "add", "wrap", "nest", "repeat", "number"))
    )
    if kind == "drop":
        del owner[key]
    elif kind in ("rename", "add") and isinstance(owner, dict):
        name = draw(st.sampled_from(("", "x" * 3000, 1, None, 2.5, True, *NAMES)) | st.text(max_size=5))
        owner[name] = owner.pop(key) if kind == "rename" else draw(ODDITIES)
    elif kind == "wrap":
        owner[key] = [owner[key]] if draw(st.booleans()) else {"one_of": [owner[key]]}
    elif kind == "nest":
        for _ in range(draw(st.sampled_from((2, 12)))):
            owner[key] = [owner[key]]
    elif kind == "repeat" and isinstance(owner[key], list):
        owner[key] = owner[key] * draw(st.sampled_from((2, 20)))
    elif kind == "swap" and others:
        owner[key] = draw(st.sampled_from(others))
    elif kind == "number" and isinstance(owner[key], int | float):
        owner[key] = owner[key] * draw(st.sampled_from((-1, 0, 2, 0.5, 100, 1e6, 10**12, 1e-9)))
    else:
        owner[key] = draw(ODDITIES | st.integers() | st.floats() | st.text(max_size=20))


def _values(document: Any) -> list[Any]:
    inner = document.values() if isinstance(document, dict) else document if isinstance(document, list) else ()
    return [found for value in inner for found in (value, *_values(value))]


@st.composite
def spoiled_bytes(draw: DrawFn, content: bytes) -> bytes:
    """Return the bytes cut, flipped, repeated, filled or with foreign bytes put in."""
    changed = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        place = draw(st.integers(0, max(0, len(changed) - 1)))
        length = draw(st.sampled_from((1, 2, 4, 8, 64, 1000)))
        kind = draw(st.sampled_from(("cut", "flip", "fill", "insert", "remove", "repeat")))
        if kind == "cut":
            del changed[place:]
        elif kind == "flip" and changed:
            changed[place] ^= draw(st.integers(1, 255))
        elif kind == "fill":
            changed[place : place + length] = draw(st.sampled_from((b"\0", b"\xff", b"\x7f"))) * length
        elif kind == "insert":
            changed[place:place] = draw(st.binary(max_size=16) | st.sampled_from(RAW))
        elif kind == "remove":
            del changed[place : place + length]
        else:
            changed[place:place] = changed[place : place + length] * 3
    return bytes(changed)


def spoiled_yaml(document: Any, most: int = 3) -> SearchStrategy[bytes]:
    """Return YAML files near to that of a document: spoiled as a document, as text, or with what YAML has in store."""
    whole = written(document)
    return st.one_of(
        spoiled(document, most).map(written),
        spoiled(document, most).map(written),
        spoiled(document, most).map(written),
        spoiled_bytes(whole),
        st.sampled_from(RAW).map(lambda raw: whole + raw),
        st.sampled_from(RAW).map(lambda raw: raw + whole),
        st.sampled_from(paths_of(document)).map(lambda path: bombed(document, path)),
    )


def written(document: Any) -> bytes:
    """Return a document as YAML; surrogates and the like are escaped by the writer."""
    return yaml.safe_dump(document, sort_keys=False).encode("utf-8", "surrogatepass")


def bombed(document: Any, path: tuple[Any, ...]) -> bytes:
    """Put a billion numbers in nine aliases in the place of one value."""
    document = copy.deepcopy(document)
    *parents, last = path
    owner = document
    for part in parents:
        owner = owner[part]
    owner[last] = "@bomb@"
    return (BOMB + "\n").encode() + written(document).replace(b"'@bomb@'", b"*b9")
