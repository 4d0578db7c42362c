"""Every cell and every sentence of docs/trust.md, with the tests that hold it."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from search_spaces import InvalidInput, files, space_file
from search_spaces.architecture_file import architecture_mapping, parse_architecture
from search_spaces.reference import reference
from tests.documents.reading import ROOT
from trials.data import array_cache, content, image_decoding, npz
from trials.objectives.benchmark import archive
from trials.training import checkpoint_archive

TEXT = (ROOT / "docs" / "trust.md").read_text()
FUZZ = "tests/fuzz/test_data.py::"
FILES = "tests/search_spaces/test_files.py::"
CHECKPOINT = "tests/trials/training/test_checkpoint.py::"
ARCHIVE = "tests/trials/training/test_checkpoint_archive.py::"
IMAGES = "tests/trials/data/test_image_decoding.py::"
BENCHMARK = "tests/trials/objectives/benchmark/test_archive.py::"
CACHE = "tests/trials/data/test_array_cache.py::"
RAY = "tests/trials/engines/test_ray_session.py::"
HERE = "tests/documents/test_trust.py::"

# quote: tests that hold it; () for what says where to read on, or what a reader may make of it
CLAIMS: dict[str, tuple[str, ...]] = {
    "Experiments, spaces, architectures, weights, checkpoints, journals and data are files that somebody else may have "
    "written.": (),
    "Reading them runs no code of theirs, and what is wrong with one is said in one line: the key, the value, what is "
    "accepted; exit code 2.": (
        "tests/fuzz/test_documents.py::test_experiments",
        "tests/fuzz/test_documents.py::test_architectures",
        f"{CHECKPOINT}test_a_file_that_is_no_checkpoint_is_one_line",
        f"{CACHE}test_a_pickle_in_a_cache_is_refused",
    ),
    "A pipe, a device or a folder in the place of a file is refused and not waited for.": (
        f"{FILES}test_pipes_devices_and_folders_are_not_read",
        f"{FILES}test_weights_from_a_pipe_are_not_waited_for",
        f"{IMAGES}test_a_pipe_is_no_image_and_not_waited_for",
        f"{BENCHMARK}test_a_pipe_is_not_waited_for",
        "tests/trials/objectives/shared/test_artifact.py::test_a_pipe_is_not_waited_for",
    ),
    "safe loader, unknown keys refused": (
        f"{FILES}test_whatever_the_loader_stumbles_over_is_told_in_one_line",
        "tests/trials/test_experiment.py::test_a_malformed_setting_names_the_key_on_one_line",
        "tests/search_spaces/test_architecture_file.py::test_a_malformed_file_names_the_key_on_one_line",
    ),
    "4 MiB; 1,000,000 values with all aliases written out; sizes of networks and spaces as in "
    "[search-spaces.md](search-spaces.md)": (
        f"{FILES}test_a_huge_file_is_refused_by_its_size",
        f"{FILES}test_a_small_file_that_says_more_than_fits_is_refused",
        "tests/search_spaces/test_space_file.py::test_as_many_stages_as_are_allowed_are_encoded_and_more_are_refused",
    ),
    "safetensors, no pickle": ("tests/search_spaces/test_weights.py::test_a_file_that_is_none_is_refused",),
    "2 GiB; has to fit the architecture file beside it": (
        f"{FILES}test_a_huge_file_is_refused_by_its_size",
        "tests/search_spaces/test_weights.py::test_what_does_not_belong_together_is_refused",
    ),
    "safetensors, no pickle; its metadata are strict JSON: space, proxy, how it was trained": (
        "tests/trials/objectives/shared/test_artifact.py::test_other_files_are_refused",
    ),
    "2 GiB; has to fit the space it names": (
        f"{FILES}test_a_huge_file_is_refused_by_its_size",
        "tests/trials/objectives/shared/test_artifact.py::test_other_files_are_refused",
    ),
    "looked through first: stored parts, no name but those that make tensors; then `torch.load(weights_only=True)`": (
        f"{ARCHIVE}test_compressed_parts_are_refused",
        f"{ARCHIVE}test_names_that_make_no_tensors_are_refused",
        f"{CHECKPOINT}test_a_file_that_is_no_checkpoint_is_one_line",
    ),
    "eight times the network's weights and 64 MiB; has to be of the same training on the same images": (
        f"{ARCHIVE}test_more_than_is_expected_is_refused",
        f"{ARCHIVE}test_a_tensor_that_stands_for_more_than_it_holds_is_counted",
        f"{CHECKPOINT}test_another_trainings_checkpoint_is_refused",
        "tests/nas/train/test_full_training.py::test_a_finished_training_answers_for_its_own_images_alone",
    ),
    "`numpy.load(allow_pickle=False)`": ("tests/trials/data/test_npz.py::test_arrays_that_do_not_fit_are_named",),
    "16 GiB uncompressed; types and shapes are checked": (
        "tests/trials/data/test_npz.py::test_an_archive_too_large_is_refused_before_it_is_read",
        "tests/trials/data/test_npz.py::test_arrays_that_do_not_fit_are_named",
    ),
    "Pillow, six formats": (f"{HERE}test_numbers_are_those_of_the_code",),
    "64 MiB a file, 89 million pixels, 40 million to decode (a JPEG is decoded smaller), checked before decoding; "
    "those above 4 million one at a time": (
        f"{IMAGES}test_sixteen_bits_and_huge_files_are_refused",
        f"{IMAGES}test_an_image_of_88_megapixels_is_refused_by_its_header_unless_it_is_decoded_smaller",
        f"{IMAGES}test_large_images_are_decoded_one_at_a_time",
    ),
    "pinned MD5 of every file": ("tests/trials/data/test_published.py::test_a_damaged_copy_is_never_used",),
    "members read into memory by name: nothing is unpacked to a path an archive names": (
        "tests/trials/data/test_formats.py::test_untar_reads_only_what_is_named_and_writes_nothing",
        "tests/trials/data/test_formats.py::test_untar_follows_no_link",
    ),
    "members read into memory": (f"{FUZZ}test_benchmark_archives",),
    "512 MiB unpacked, 100,000 rows, 64 KiB a row": (
        f"{BENCHMARK}test_an_archive_larger_than_allowed_is_not_read_to_its_end",
        f"{BENCHMARK}test_too_many_rows_are_refused",
    ),
    "`.npy` memory maps without pickle, named after a digest of the files they were made of, with a manifest of sizes "
    "and checksums (of 64 MiB of each, evenly spaced)": (
        f"{CACHE}test_a_cache_is_built_once_and_then_mapped_read_only",
        f"{CACHE}test_a_pickle_in_a_cache_is_refused",
        "tests/trials/data/test_content.py::test_another_content_of_the_same_size_and_time_is_noticed",
    ),
    "built again where they do not agree": (f"{CACHE}test_a_damaged_cache_is_built_again",),
    "JSON, one line an entry": ("tests/trials/study/test_journal.py::test_lines_that_are_no_mappings_are_refused",),
    "a torn last line is cut, a line that is no entry is named; see [interruptions.md](interruptions.md)": (
        "tests/trials/study/test_storage.py::test_a_torn_last_line_is_dropped",
        "tests/fuzz/test_journals.py::test_journals",
    ),
    '`objective: {python: "package.module:function"}` and `cost: "package.module:function"` import a module and call '
    "it.": (
        "tests/trials/objectives/test_user_function.py::test_a_function_is_found_in_the_current_folder",
        "tests/grid_search/test_cost_function.py::test_a_module_in_the_current_folder_is_found",
    ),
    "They are read from the experiments file and the command line alone.": (f"{HERE}test_no_other_file_names_code",),
    "An architecture file, a space or a result cannot name code: they have no key for it, and unknown keys are "
    "refused.": (f"{HERE}test_no_other_file_names_code",),
    "So read an experiments file of somebody else as you would read a script before you run it; the other files need "
    "no such care.": (),
    "`timm:MODEL`, wherever a network is named, runs the timm that is installed.": (),
    "Ray runs the code of whoever reaches it.": (),
    "One that is started for a run asks for a token that this process alone knows and that is not written down.": (
        f"{RAY}test_a_ray_started_here_answers_to_nobody_without_its_token_and_leaves_nothing",
    ),
    "A cluster that is joined with `--address` is as safe as it was made: the run says in one line where it asks for "
    "no token ([clusters.md](clusters.md)).": (f"{RAY}test_a_cluster_that_asks_for_no_token_is_told_in_one_line",),
    "Results go below `--out`, in a folder named after the experiment; names that are paths are refused.": (
        "tests/trials/test_experiment.py::test_a_name_that_is_no_folder_is_refused_though_the_file_has_it",
    ),
    "Beside that only the places that the experiment or the command names are written to: `data.folder` (downloads, "
    "decoded images, digests) and `nas.storage` or `scale.storage` (a database URL; with `sqlite:///` a file).": (
        "tests/fuzz/test_documents.py::test_experiments",
        "tests/fuzz/test_documents.py::test_command_lines",
    ),
    "Runs with Ray use the folder for temporary files, and remove what they put there.": (
        f"{RAY}test_a_ray_started_here_answers_to_nobody_without_its_token_and_leaves_nothing",
        "tests/trials/engines/test_scratch.py::*",
    ),
    "`tests/fuzz` spoils valid files and command lines and holds: success or one line, no traceback, bounded processor "
    "time and memory, no file outside the output directory.": (f"{FUZZ}test_npz",),
    "`make test` tries a few hundred, always the same; `python -m benchmarks.fuzzing` tries 1,000 random ones of each "
    "kind ([figures](../results/published/fuzzing)).": ("tests/documents/test_commands.py::*",),
    "`tests/documents/test_trust.py` names the tests that hold each sentence of this page.": (
        f"{HERE}test_nothing_is_said_that_is_not_quoted",
    ),
}
HEADINGS = re.compile(r"^#+ .*$", re.MULTILINE)
FIRST_COLUMN = re.compile(r"^\| [^|]+ \|", re.MULTILINE)
TABLE = re.compile(r"^\| (file \| how it is read \| bounds|--- \| --- \| ---) \|$", re.MULTILINE)


def test_nothing_is_said_that_is_not_quoted() -> None:
    left = TEXT
    for passed_over in (HEADINGS, TABLE, FIRST_COLUMN):
        left = passed_over.sub(" ", left)
    left = " ".join(left.split())
    for quote in sorted(CLAIMS, key=len, reverse=True):
        assert quote in left, quote
        left = left.replace(quote, " ")
    assert left.replace("|", " ").split() == []


@cache
def functions_in(path: str) -> frozenset[str]:
    tree = ast.parse((ROOT / path).read_text())
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


@pytest.mark.parametrize("test", sorted({test for tests in CLAIMS.values() for test in tests}))
def test_the_tests_that_are_cited_are_there(test: str) -> None:
    path, _, name = test.partition("::")
    assert functions_in(path) if name == "*" else name in functions_in(path)


def test_numbers_are_those_of_the_code() -> None:
    mebi, gibi = 2**20, 2**30
    assert (4 * mebi, 1_000_000) == (files.LARGEST_YAML_BYTES, files.MOST_YAML_VALUES)
    assert 2 * gibi == files.LARGEST_WEIGHTS_BYTES
    assert 64 * mebi == checkpoint_archive.SLACK_BYTES
    assert 16 * gibi == npz.MAX_BYTES
    assert len(image_decoding.FORMATS) == 6
    assert 64 * mebi == content.MAX_IMAGE_BYTES
    assert round(image_decoding.MAX_PIXELS / 1e6) == 89
    assert (image_decoding.MOST_DECODED_PIXELS, image_decoding.LARGE_PIXELS) == (40_000_000, 4_000_000)
    assert (512 * mebi, 100_000) == (archive.LARGEST_ARCHIVE_BYTES, archive.MOST_ROWS)
    assert archive.LARGEST_ROW_BYTES == 64 * 2**10
    assert 64 * mebi == array_cache.CHECKED_BLOCKS * array_cache.BLOCK_BYTES


@pytest.mark.parametrize("key", ["python", "objective", "benchmark"])
def test_no_other_file_names_code(key: str, tmp_path: Path) -> None:
    named = {key: "tests.objectives:by_size"}
    with pytest.raises(InvalidInput, match=rf"^{key}: .*no such key"):
        parse_architecture({**architecture_mapping(reference("efficientnet-b0")), **named})
    with pytest.raises(InvalidInput, match=rf"^{key}: .*no such key"):
        space_file.parse_space({"name": "s", "skeleton": "efficientnet-b0", **named}, tmp_path)
