from __future__ import annotations

import os
from pathlib import Path

import pytest

from search_spaces.errors import InvalidInput
from search_spaces.exchange.export.weights import read_weights
from search_spaces.exchange.source import load_architecture
from search_spaces.files import LARGEST_WEIGHTS_BYTES, MOST_YAML_VALUES, is_there, parse_yaml, read_yaml, require_file
from search_spaces.space_file import load_space

BILLION = "\n".join(["b0: &b0 [1, 1, 1]", *(f"b{n}: &b{n} [*b{n - 1}, *b{n - 1}, *b{n - 1}]" for n in range(1, 20))])


@pytest.mark.parametrize("text", [BILLION, "a: &a [*a]", "&a {a: *a}", f"a: &a {'x' * 10**6}\nb: [{'*a,' * 200}]"])
def test_a_small_file_that_says_more_than_fits_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=f"at most {MOST_YAML_VALUES} values"):
        parse_yaml(text, "file.yaml")


def test_aliases_as_people_use_them_are_read() -> None:
    assert parse_yaml("a: &a {x: [1, 2]}\nb: {<<: *a, y: 3}\nc: *a\n", "file.yaml") == {
        "a": {"x": [1, 2]},
        "b": {"x": [1, 2], "y": 3},
        "c": {"x": [1, 2]},
    }
    assert parse_yaml("", "file.yaml") is None


@pytest.mark.parametrize(
    "text",
    ["a: \0", "[" * 5000, "a: 2020-13-45", f"a: {'9' * 5000}", "a: !!timestamp x", "!!python/name:os.system", "a: *b"],
)
def test_whatever_the_loader_stumbles_over_is_told_in_one_line(text: str, tmp_path: Path) -> None:
    (tmp_path / "file.yaml").write_text(text)
    with pytest.raises(InvalidInput, match=r"accepted: valid YAML$") as caught:
        read_yaml(tmp_path / "file.yaml")
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("name", ["x" * 300, "nul\0byte", "nowhere"])
def test_a_name_that_no_file_can_have_is_told_like_any_other(name: str) -> None:
    assert not is_there(Path(name))
    for load in (load_architecture, load_space):
        with pytest.raises(InvalidInput, match="an existing file"):
            load(name)


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def test_pipes_devices_and_folders_are_not_read(pipe: Path) -> None:
    for path in (pipe, Path("/dev/zero"), pipe.parent):
        with pytest.raises(InvalidInput, match=r"accepted: a file$"):
            read_yaml(path)


def test_what_links_to_a_device_is_not_read(tmp_path: Path) -> None:
    (tmp_path / "file.yaml").symlink_to("/dev/zero")
    with pytest.raises(InvalidInput, match=r"accepted: a file$"):
        read_yaml(tmp_path / "file.yaml")


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    with (tmp_path / "file.yaml").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(InvalidInput, match=r"got '1099511627776 bytes', accepted: at most 4194304 bytes"):
        read_yaml(tmp_path / "file.yaml")
    with pytest.raises(InvalidInput, match=r"at most 2147483648 bytes"):
        require_file(tmp_path / "file.yaml", LARGEST_WEIGHTS_BYTES)


def test_weights_from_a_pipe_are_not_waited_for(pipe: Path) -> None:
    with pytest.raises(InvalidInput, match=r"accepted: a file$"):
        read_weights(pipe, load_architecture("efficientnet-b0"))
