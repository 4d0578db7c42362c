"""A page made of a template, data and the shipped scripts, written as one file. No torch."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from search_spaces.files import atomic_write

HERE = Path(__file__).parent
PLOTLY = "plotly"  # the library of charts, in the place of a script of ours


def write_page(
    path: Path, template: Path, *, scripts: Iterable[str], payloads: Mapping[str, Any], **content: Any
) -> None:
    """Write a page atomically. `template` extends `base.html`; `payloads` are read by the scripts, by their ids.

    Whatever is not a script of ours is escaped: the text of others never becomes markup.
    """
    text = (
        _environment(template.parent)
        .get_template(template.name)
        .render(
            version=version("compound-nas"),
            css=_shipped("page.css"),
            scripts=[_shipped(name) for name in scripts],
            payloads={name: finite(value) for name, value in payloads.items()},
            **content,
        )
    )
    with atomic_write(path) as stream:
        stream.write(text)


def finite(value: Any) -> Any:
    """Return plain values that JSON can say: what is not finite becomes None.

    >>> finite({"a": [1.0, float("nan")]})
    {'a': [1.0, None]}
    """
    if isinstance(value, Mapping):
        return {str(key): finite(item) for key, item in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _environment(folder: Path) -> Environment:
    return Environment(
        loader=FileSystemLoader([folder, HERE / "templates"]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _shipped(name: str) -> Markup:
    """Return a file of this folder, or the library of charts, as it is: it is ours, or of a package that was chosen."""
    if name == PLOTLY:
        from plotly.offline import get_plotlyjs

        return Markup(get_plotlyjs().replace("</script", "<\\/script"))
    return Markup((HERE / name).read_text(encoding="utf-8"))
