"""An experiment for a folder of images, with comments, as text for a file of experiments."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

import yaml

from search_spaces.cost import estimate_cost
from search_spaces.errors import InvalidInput
from search_spaces.files import LARGEST_YAML_BYTES, atomic_write, read_bounded, read_yaml
from search_spaces.reference import reference
from search_spaces.space_file import load_space
from trials.data.facts import DataFacts, data_facts
from trials.derivation import deployed_size, plain
from trials.experiment_file import SCHEMA_FILE

BASELINE = "efficientnet-b0"
SPACE = "efficientnet"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """An entry of an experiments file: its name and the lines that say it."""

    name: str
    text: str


def entry_for(folder: Path, name: str | None = None, resolution: int | None = None) -> Entry:
    """Return the experiment of a folder of images. Raises InvalidInput where the folder is no data set.

    `resolution` is the side in pixels at which the network will run; default: the images' own, up to the space's.
    """
    facts = data_facts(f"folder:{folder}", Path())
    chosen = name or re.sub(r"[^A-Za-z0-9_-]+", "-", folder.expanduser().resolve().name).strip("-") or "images"
    size = deployed_size(resolution, facts.size, load_space(SPACE).skeleton.input_size)
    flops = estimate_cost(replace(reference(BASELINE), resolution=size), facts.num_classes, facts.channels).flops
    lines = [
        f"{_quoted(chosen)}:",
        f"  data: {_quoted(f'folder:{folder}')}  # {_told(facts)}",
        f"  resolution: {plain(size)}  # pixels at which the network will run",
        f"  limits: {{max_flops: {_millions(flops)}}}  # multiply-adds; EfficientNet-B0 costs as much here",
        "  nas: {trials: 24}  # candidates to train; `nas check` tells how long that takes",
    ]
    return Entry(name=chosen, text="\n".join(lines) + "\n")


def add_entry(entry: Entry, file: Path) -> None:
    """Write the entry to a new file, or behind what a file says already. Raises InvalidInput for a name in use.

    A new file names the schema by which editors complete and check it.
    """
    before = schema_line(file) + "\n"
    if file.exists():
        if entry.name in read_yaml(file):
            raise InvalidInput("--name", entry.name, f"a name that {file} does not hold yet")
        before = read_bounded(file, LARGEST_YAML_BYTES).decode().rstrip("\n") + "\n\n"
    with atomic_write(file) as stream:
        stream.write(before + entry.text)


def schema_line(file: Path) -> str:
    """Return the line by which editors find the schema of a file of experiments, that of the installed package.

    The path is relative where the package lies below the file (a .venv beside it), so that it goes along.
    """
    folder = file.absolute().parent
    below = SCHEMA_FILE.is_relative_to(folder)
    place = SCHEMA_FILE.relative_to(folder).as_posix() if below else SCHEMA_FILE.as_uri()
    return f"# yaml-language-server: $schema={place}\n"


def _told(facts: DataFacts) -> str:
    height, width = facts.size
    count = facts.train_images + facts.test_images
    return f"{count:,} images of about {height} x {width} px in {facts.num_classes} classes"


def _millions(flops: int) -> str:
    """Return a count as people write it, rounded up to two digits.

    >>> _millions(31_563_424), _millions(385_814_752)
    ('32M', '390M')
    """
    millions = flops / 1e6
    step = 10 ** max(0, len(str(int(millions))) - 2)
    return f"{-int(-millions // step) * step}M"


def _quoted(text: str) -> str:
    return yaml.safe_dump(text, allow_unicode=True, width=10_000).splitlines()[0]
