from __future__ import annotations

import io

from rich.console import Console

from nas.list.screen import print_names


def test_names_stand_with_their_lines_and_are_no_markup() -> None:
    stream = io.StringIO()
    print_names(Console(file=stream, width=80), {"experiments": {"[red]a": "[bold]two\nlines\x1b[31m"}})
    assert "[red]a  [bold]two lines\\x1b[31m" in stream.getvalue()
