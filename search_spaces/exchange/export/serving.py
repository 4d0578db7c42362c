"""Class names, normalization and input size, as every format has them for whoever serves the network. No torch.

Class names are other people's text: they are written as literals, as JSON, or with line breaks escaped.
"""

from __future__ import annotations

import json
from pathlib import Path

from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.python_text import table
from search_spaces.exchange.export.request import Files, Request

CLASSES_FILE = "classes.txt"


def input_size(request: Request) -> tuple[int, int, int]:
    """Return channels, height and width of an image."""
    height, width = request.architecture.input_size
    return request.in_channels, height, width


def python_constants(request: Request) -> str:
    """Return assignments for a generated module, nothing where the weights say nothing of images."""
    expects = request.expects
    if expects is None:
        return ""
    names = "None" if expects.classes is None else f"[\n{table(expects.classes)}]"
    return (
        f"\nINPUT_SIZE = {input_size(request)!r}  # channels, height, width"
        f"\nMEAN = {expects.mean!r}  # per channel; values of an image are 0..1, less this, divided by STD"
        f"\nSTD = {expects.std!r}"
        f"\nCLASSES = {names}  # in the order of the logits"
    )


def onnx_properties(request: Request) -> dict[str, str]:
    """Return what goes among the metadata of an ONNX file, every value as JSON."""
    values: dict[str, object] = {"input_size": input_size(request), "num_classes": request.num_classes}
    if request.expects is not None:
        values |= {"mean": request.expects.mean, "std": request.expects.std}
        if request.expects.classes is not None:
            values["classes"] = request.expects.classes
    return {name: json.dumps(value) for name, value in values.items()}


def classes_file(request: Request, path: Path) -> Files:
    """Return the file of class names beside `path`, one a line, nothing where classes have no names.

    Raises InvalidInput where the names of other classes lie there.
    """
    if request.expects is None or request.expects.classes is None:
        return {}
    target = path.parent / CLASSES_FILE
    content = "".join(f"{_one_line(name)}\n" for name in request.expects.classes).encode("utf-8", "backslashreplace")
    if target.exists() and not (target.is_file() and target.read_bytes() == content):
        raise InvalidInput("--out", str(path), f"another folder: {target} names other classes")
    return {target: content}


def _one_line(name: str) -> str:
    """Return a name with its backslashes, line breaks and other control characters escaped as in Python."""
    return "".join(_escaped(letter) for letter in name)


def _escaped(letter: str) -> str:
    breaks = letter == "\\" or ord(letter) < 32 or len(f"a{letter}a".splitlines()) > 1
    return letter.encode("unicode_escape").decode() if breaks else letter
