import hashlib
import http.server
import io
import threading
import urllib.error
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from search_spaces.errors import InvalidInput
from trials.data.formats import BadFile
from trials.data.sources import (
    Edge,
    Files,
    Place,
    PublishedData,
    Stream,
    Unavailable,
    download,
    fetch_files,
    open_url,
    run_command,
)

CONTENT = bytes(range(256)) * 20


def no_run(command: Sequence[str], folder: Path) -> None:
    raise AssertionError(f"{command} in {folder}")


class Server:
    """An address that breaks off after `pieces` bytes of each answer, and knows ranges or not."""

    def __init__(self, pieces: Sequence[int], *, ranges: bool = True, content: bytes = CONTENT) -> None:
        self.pieces, self.ranges, self.content = list(pieces), ranges, content
        self.offsets: list[int] = []

    def open_url(self, _address: str, offset: int) -> Stream:
        self.offsets.append(offset)
        start = offset if self.ranges else 0
        piece = self.pieces.pop(0)
        return Stream(body=io.BytesIO(self.content[start : start + piece]), start=start, total=len(self.content))

    @property
    def edge(self) -> Edge:
        return Edge(run=no_run, open_url=self.open_url)


def test_a_download_appears_whole(tmp_path: Path) -> None:
    server = Server([10_000])
    download("http://x", tmp_path / "a" / "file", server.edge, 10_000)
    assert (tmp_path / "a" / "file").read_bytes() == CONTENT
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["file"]


@pytest.mark.parametrize("ranges", [True, False])
def test_a_broken_download_is_continued_or_begun_anew(tmp_path: Path, ranges: bool) -> None:
    server = Server([1000, 10_000], ranges=ranges)
    download("http://x", tmp_path / "file", server.edge, 10_000)
    assert server.offsets == [0, 1000]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_download_that_keeps_breaking_off_is_continued_by_the_next_run(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="ended early"):
        download("http://x", tmp_path / "file", Server([100, 100, 100]).edge, 10_000)
    assert not (tmp_path / "file").exists()
    server = Server([10_000])
    download("http://x", tmp_path / "file", server.edge, 10_000)
    assert server.offsets == [300]
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_a_stream_that_raises_is_continued(tmp_path: Path) -> None:
    class Breaking(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() == 1000:
                raise ConnectionResetError
            return super().read(min(size or 0, 1000))

    server = Server([10_000])

    def open_address(address: str, offset: int) -> Stream:
        if offset == 0:
            return Stream(body=Breaking(CONTENT), start=0, total=len(CONTENT))
        return server.open_url(address, offset)

    download("http://x", tmp_path / "file", Edge(run=no_run, open_url=open_address), 10_000)
    assert server.offsets == [1000]
    assert (tmp_path / "file").read_bytes() == CONTENT


@pytest.mark.parametrize("total", [None, 5121])
def test_a_download_of_unknown_size_or_too_large_is_refused(tmp_path: Path, total: int | None) -> None:
    edge = Edge(run=no_run, open_url=lambda _address, _offset: Stream(body=io.BytesIO(CONTENT), start=0, total=total))
    with pytest.raises(Unavailable, match="announces"):
        download("http://x", tmp_path / "file", edge, 5120)
    assert not (tmp_path / "file").exists()


def test_a_server_that_sends_more_than_it_announced_is_cut_off(tmp_path: Path) -> None:
    edge = Edge(run=no_run, open_url=lambda _address, _offset: Stream(body=io.BytesIO(CONTENT), start=0, total=100))
    with pytest.raises(Unavailable):
        download("http://x", tmp_path / "file", edge, 200)
    assert not list(tmp_path.iterdir())


def test_a_range_that_the_server_refuses_starts_anew_next_time(tmp_path: Path) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT)

    def refuse(address: str, _offset: int) -> Stream:
        raise urllib.error.HTTPError(address, 416, "Range Not Satisfiable", None, None)  # type: ignore[arg-type]

    with pytest.raises(Unavailable, match="416"):
        download("http://x", tmp_path / "file", Edge(run=no_run, open_url=refuse), 10_000)
    assert not list(tmp_path.iterdir())


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        wanted = self.headers.get("Range")
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted else 0
        self.send_response(206 if wanted else 200)
        self.send_header("Content-Length", str(len(CONTENT) - start))
        self.end_headers()
        self.wfile.write(CONTENT[start:])

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def address() -> Iterator[str]:
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/file"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("offset", [0, 5000])
def test_a_real_server_is_asked_for_the_rest(address: str, offset: int) -> None:
    stream = open_url(address, offset)
    with stream.body:
        assert stream.body.read() == CONTENT[offset:]
    assert (stream.start, stream.total) == (offset, len(CONTENT))


def test_a_half_finished_file_is_continued_from_a_real_server(tmp_path: Path, address: str) -> None:
    (tmp_path / "file.part").write_bytes(CONTENT[:777])
    download(address, tmp_path / "file", Edge(run=no_run, open_url=open_url), 10_000)
    assert (tmp_path / "file").read_bytes() == CONTENT


def test_commands_tell_why_they_failed(tmp_path: Path) -> None:
    run_command(["sh", "-c", "echo done > here"], tmp_path)
    assert (tmp_path / "here").read_text() == "done\n"
    with pytest.raises(Unavailable, match="sh: last words"):
        run_command(["sh", "-c", "echo first >&2; echo last words >&2; exit 3"], tmp_path)
    with pytest.raises(Unavailable, match="exit code 3"):
        run_command(["sh", "-c", "exit 3"], tmp_path)
    with pytest.raises(Unavailable, match="no-such-command is not installed"):
        run_command(["no-such-command"], tmp_path)


def published(**sources: bytes | Exception) -> PublishedData:
    def source_of(answer: bytes | Exception):  # type: ignore[no-untyped-def]
        def read(_published: PublishedData, place: Place) -> Files:
            place.downloads.mkdir(parents=True, exist_ok=True)
            (place.downloads / "file.part").write_bytes(b"half")
            if isinstance(answer, Exception):
                raise answer
            return {"file": answer}

        return read

    return PublishedData(
        name="made",
        md5={"file": hashlib.md5(CONTENT).hexdigest()},
        max_bytes=10_000,
        sources={name: source_of(answer) for name, answer in sources.items()},
        decode=lambda _files: {},
        how_to_get="Ask its authors",
    )


EDGE = Edge(run=no_run, open_url=lambda _address, _offset: pytest.fail("opened"))


def test_the_first_source_with_the_right_checksum_wins(tmp_path: Path) -> None:
    data = published(local=Unavailable("none"), web=CONTENT[:-1], package=CONTENT, never=AssertionError())
    assert fetch_files(data, tmp_path, EDGE) == {"file": CONTENT}
    assert not list(tmp_path.iterdir())


def test_what_cannot_be_had_is_told_in_one_line_with_every_reason(tmp_path: Path) -> None:
    data = published(local=Unavailable("no\ncopy"), web=OSError("no network"), package=BadFile("not whole"), odd=b"x")
    with pytest.raises(InvalidInput) as error:
        fetch_files(data, tmp_path, EDGE)
    message = str(error.value)
    assert "\n" not in message
    for part in ("data.name: got 'made'", "local: no copy", "web: no network", "package: not whole", "Ask its authors"):
        assert part in message
    assert f"MD5 {hashlib.md5(b'x').hexdigest()}, not the published {data.md5['file']}" in message


def test_half_a_download_is_kept_but_a_wrong_file_is_not(tmp_path: Path) -> None:
    for answer, kept in ((Unavailable("broke off"), True), (b"wrong", False)):
        with pytest.raises(InvalidInput):
            fetch_files(published(web=answer), tmp_path, EDGE)
        assert (tmp_path / "made.download" / "file.part").exists() is kept
