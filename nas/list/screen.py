"""Names and their lines on the screen. No torch."""

from __future__ import annotations

from collections.abc import Mapping

from rich.console import Console
from rich.table import Table
from rich.text import Text

from search_spaces.errors import one_line


def print_names(console: Console, names: Mapping[str, Mapping[str, str]]) -> None:
    """Print kinds of names one after the other, each name with its line; the text of files is never markup."""
    for kind, lines in names.items():
        table = Table(box=None, pad_edge=False, show_header=False, title=Text(kind, style="bold"), title_justify="left")
        table.add_column(no_wrap=True)
        table.add_column()
        for name, line in lines.items():
            table.add_row(Text(one_line(name, 200)), Text(one_line(line, 400)))
        console.print(table)
        console.print()
