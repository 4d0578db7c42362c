from __future__ import annotations

import os

import pytest

from trials.isolation.output import MOST_LINES, Output, printable


def read(*chunks: bytes, candidates: int = 1) -> list[str]:
    """Return the lines that are told of what is written."""
    lines: list[str] = []
    for _ in range(candidates):
        source, sink = os.pipe()
        output = Output(source, lines.append)
        for chunk in chunks:
            os.write(sink, chunk)
        os.close(sink)
        output.end()
    return lines


def test_lines_are_whole_wherever_they_are_cut() -> None:
    assert read(b"caf\xc3", b"\xa9 \xff\n  two", b"\rthree\n\n", b"rest") == ["café \\xff", "  two", "three", "rest"]


def test_of_many_lines_the_first_are_told_and_the_rest_counted() -> None:
    lines = read(b"x\n" * (MOST_LINES + 1234))
    assert lines[:MOST_LINES] == ["x"] * MOST_LINES
    assert lines[MOST_LINES:] == ["... 1,234 further lines that the candidate printed are left out"]


def test_a_line_without_an_end_is_cut() -> None:
    assert read(*[b"x" * 60_000] * 3) == ["x" * 1000]


def test_who_prints_does_not_wait_for_who_cannot_show_it() -> None:
    def refuse(_line: str) -> None:
        raise BrokenPipeError

    source, sink = os.pipe()
    output = Output(source, refuse)
    for _ in range(100):
        os.write(sink, b"x" * 4000 + b"\n")  # more than a pipe holds
    os.close(sink)
    output.end()
    with pytest.raises(OSError):
        os.fstat(source)  # it was read to its end


@pytest.mark.parametrize(("line", "shown"), [("\x1b[2J", "\\x1b[2J"), ("\ta", "    a"), ("[red]", "[red]")])
def test_nothing_in_a_line_moves_the_cursor(line: str, shown: str) -> None:
    assert printable(line) == shown
