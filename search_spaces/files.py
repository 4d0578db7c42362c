"""Reading and writing files: YAML loaded safely, everything written atomically. No torch."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import yaml

from search_spaces.errors import InvalidInput

LARGEST_YAML_BYTES = 4 * 2**20
LARGEST_WEIGHTS_BYTES = 2 * 2**30
MOST_YAML_VALUES = 1_000_000  # with every alias written out


def is_there(path: Path) -> bool:
    """Tell whether a path leads to anything; a name that no file can have, or that may not be looked at, does not."""
    try:
        return path.exists()
    except OSError:
        return False


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the mapping in a YAML file, loaded safely. Raises InvalidInput naming the file."""
    try:
        content = parse_yaml(read_bounded(path, LARGEST_YAML_BYTES).decode("utf-8"), str(path))
    except OSError as error:
        raise InvalidInput(str(path), error.strerror or str(error), "a readable YAML file") from None
    except UnicodeDecodeError as error:
        raise InvalidInput(str(path), str(error), "valid YAML") from None
    if not isinstance(content, dict):
        raise InvalidInput(str(path), content, "a YAML mapping (key: value)")
    return content


def read_bounded(path: Path, most_bytes: int) -> bytes:
    """Return what a file holds, `most_bytes` at most. Raises InvalidInput for a larger one and for pipes and devices.

    Raises OSError where it cannot be read. A pipe is not waited for.
    """
    with require_file(path, most_bytes).open("rb") as stream:
        return stream.read(most_bytes)


def require_file(path: Path, most_bytes: int) -> Path:
    """Return the path of a file of at most `most_bytes`. Raises InvalidInput for a larger one, a pipe, a device.

    Raises OSError where there is none.
    """
    facts = path.stat()
    if not stat.S_ISREG(facts.st_mode):
        raise InvalidInput(str(path), "a folder, a pipe or a device", "a file")
    if facts.st_size > most_bytes:
        raise InvalidInput(str(path), f"{facts.st_size} bytes", f"at most {most_bytes} bytes")
    return path


def parse_yaml(text: str, key: str) -> Any:
    """Return what YAML text says, loaded safely. Raises InvalidInput, naming `key`, for text that is none.

    Aliases that stand for more than a million values, or for themselves, are refused before anything is built: a
    file of a kilobyte can name a billion.
    """
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if _written_out(node, {}) > MOST_YAML_VALUES:
            raise InvalidInput(
                key, "aliases of aliases", f"at most {MOST_YAML_VALUES} values with all aliases written out"
            )
        return loader.construct_document(node)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError, KeyError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput(key, str(error) or type(error).__name__, "valid YAML") from None


def _written_out(node: yaml.Node, known: dict[int, int]) -> int:
    """Return how many values a node stands for; too many where it holds itself."""
    if isinstance(node, yaml.ScalarNode):
        return 1 + len(node.value) // 100
    if id(node) not in known:
        known[id(node)] = MOST_YAML_VALUES + 1  # until it is known: what holds itself is endless
        inner = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
        known[id(node)] = 1 + sum(_written_out(part, known) for part in inner)
    return known[id(node)]


@contextmanager
def atomic_write(path: Path, mode: str = "w") -> Iterator[IO[Any]]:
    """Open a temporary file beside `path` that replaces it on success and vanishes on failure."""
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, mode, encoding=None if "b" in mode else "utf-8") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).chmod(0o644)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


class _FlowDumper(yaml.SafeDumper):
    """Block style outside, one line for each stage."""

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> yaml.MappingNode:
        node = super().represent_mapping(tag, mapping, flow_style)
        node.flow_style = all(isinstance(value, yaml.ScalarNode) for _, value in node.value)
        return node


def dump_yaml(content: dict[str, Any]) -> str:
    """Return YAML in the given order, with innermost mappings on one line each."""
    return "".join(
        yaml.dump({key: value}, Dumper=_FlowDumper, sort_keys=False, width=160, default_flow_style=None)
        if isinstance(value, dict | list | tuple)
        else yaml.safe_dump({key: value}, sort_keys=False, width=160)
        for key, value in content.items()
    )
