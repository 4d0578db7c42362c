"""A network from whatever names it: a published name, a file, a timm model. No torch unless timm is asked for."""

from __future__ import annotations

import re
from pathlib import Path

from search_spaces.architecture import Architecture
from search_spaces.architecture_file import RecordedCost, parse_architecture
from search_spaces.errors import InvalidInput
from search_spaces.exchange.imports.block_strings import IMPORTED_KEYS, parse_block_strings
from search_spaces.files import is_there, read_yaml
from search_spaces.reference import REFERENCES, reference
from search_spaces.task import IMAGENET, Task
from search_spaces.validation import validated

TIMM = "timm:"
TIMM_MODEL = re.compile(r"timm:\w[\w.-]*")
MOST_CLASSES = 1_000_000
ACCEPTED = f"an existing file, {TIMM}MODEL, or one of {', '.join(REFERENCES)}"


def load_architecture(source: str | Path) -> Architecture:
    """Return the architecture that `source` names: the one way in for every command and file that names a network.

    A published network (`efficientnet-b0`); a timm model (`timm:efficientnet_b0`); a YAML file, either of our own
    format or with `arch_def` (timm) or `blocks_args` (TensorFlow) in the place of `stages`. Raises InvalidInput where
    there is none, where it cannot be expressed exactly, or where the `cost` in a file disagrees with its stages.
    """
    text = str(source)
    if text.startswith(TIMM):
        from search_spaces.exchange.imports.timm_model import import_timm_model

        return import_timm_model(text.removeprefix(TIMM))
    if text in REFERENCES:
        return reference(text)
    path = Path(source)
    if not is_there(path):
        raise InvalidInput("architecture", text, ACCEPTED, REFERENCES)
    content = read_yaml(path)
    if any(key in content for key in IMPORTED_KEYS):
        return parse_block_strings(content, default_name=path.stem)
    return parse_architecture(content, default_name=path.stem)


def recorded_task(source: str | Path, num_classes: int | None = None) -> Task:
    """Return the classes and channels that an architecture file is counted with: 1000 and 3 where it says none.

    Published networks, and names of other libraries, have 1000 and 3 too. `num_classes` is what a user asks for
    instead of the recorded classes. Raises InvalidInput for a malformed file and for a number that cannot be.
    """
    if num_classes is None:
        return _recorded_task(source)
    if not 1 <= num_classes <= MOST_CLASSES:
        raise InvalidInput("--num-classes", num_classes, f"an integer from 1 to {MOST_CLASSES}")
    return Task(num_classes=num_classes, in_channels=_recorded_task(source).in_channels)


def is_file(source: str | Path) -> bool:
    """Tell whether `source` names a file and not a published network or one of another library."""
    return str(source) not in REFERENCES and is_there(Path(source))


def _recorded_task(source: str | Path) -> Task:
    if not is_file(source):
        return IMAGENET
    cost = read_yaml(Path(source)).get("cost")
    if cost is None:
        return IMAGENET
    recorded = validated(RecordedCost, cost, "cost")
    return Task(num_classes=recorded.num_classes, in_channels=recorded.in_channels)


def check_source(key: str, source: str) -> None:
    """Raise InvalidInput, naming `key`, where `source` names no network, as far as that is known without timm."""
    if source in REFERENCES or TIMM_MODEL.fullmatch(source):
        return
    if source.startswith(TIMM) or not is_there(Path(source)):
        raise InvalidInput(key, source, ACCEPTED, REFERENCES)
    try:
        load_architecture(source)
    except InvalidInput as error:
        raise error.inside(key) from None
