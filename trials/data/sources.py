"""Fetch published data sets: a local copy, Debian's place, the official address, then a package by its name.

The same checksums hold whichever source wins. The two edges to the world, running a command and opening an
address, are arguments, so that tests replace them.
Not pooch: it neither goes on with a download that broke off nor ends one that is larger than announced.
"""

from __future__ import annotations

import hashlib
import logging
import shutil
import subprocess
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO, cast

from search_spaces.errors import InvalidInput
from trials.data.array_cache import Arrays
from trials.data.formats import BadFile

Files = dict[str, bytes]

COMMAND_TIMEOUT_SECONDS = 1800
CONNECT_TIMEOUT_SECONDS = 20
DOWNLOAD_ATTEMPTS = 3
CHUNK_BYTES = 1 << 20

log = logging.getLogger("compound_nas")


class Unavailable(Exception):
    """A source that cannot give the data set; the reason is the message."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Stream:
    """An opened address: its bytes from `start` on, and the `total` size where the server tells it."""

    body: BinaryIO
    start: int
    total: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Edge:
    """The two ways out of this process: `run(command, folder)` and `open_url(address, offset in bytes)`."""

    run: Callable[[Sequence[str], Path], None]
    open_url: Callable[[str, int], Stream]


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where and with which help a source looks: the user's folder, one for downloads, the edge to the world."""

    folder: Path
    downloads: Path
    edge: Edge


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedData:
    """A data set that others publish: its files with their MD5 (uncompressed), and the sources in their order."""

    name: str
    md5: Mapping[str, str]
    max_bytes: int
    sources: Mapping[str, Callable[[PublishedData, Place], Files]]
    decode: Callable[[Mapping[str, bytes]], Arrays]
    how_to_get: str


def fetch_files(published: PublishedData, folder: Path, edge: Edge) -> Files:
    """Return the data set's files from the first source that has all of them with the right checksums.

    Raises InvalidInput, saying how to get the data set, where no source has it.
    """
    downloads = folder / f"{published.name}.download"
    place = Place(folder=folder, downloads=downloads, edge=edge)
    reasons = []
    for source, read in published.sources.items():
        try:
            files = checked(published, read(published, place))
        except (Unavailable, BadFile, OSError) as error:
            log.info("%s: %s: %s", published.name, source, error)
            reasons.append(f"{source}: {' '.join(str(error).split())[:200]}")
            if isinstance(error, BadFile):
                shutil.rmtree(downloads, ignore_errors=True)
            continue
        log.info("%s: taken from %s", published.name, source)
        shutil.rmtree(downloads, ignore_errors=True)
        return files
    accepted = f"a data set that is at hand; none of its sources had it ({'; '.join(reasons)}). {published.how_to_get}"
    raise InvalidInput("data.name", published.name, accepted)


def checked(published: PublishedData, files: Files) -> Files:
    """Return the files where all are there with their pinned MD5; raises BadFile naming the first that is not."""
    for name, md5 in published.md5.items():
        if name not in files:
            raise BadFile(f"{name} is missing")
        seen = hashlib.md5(files[name], usedforsecurity=False).hexdigest()
        if seen != md5:
            raise BadFile(f"{name} has MD5 {seen}, not the published {md5}")
    return files


def download(address: str, target: Path, edge: Edge, max_bytes: int) -> None:
    """Download `address` to `target`, continuing a half finished `target.part`; raises Unavailable.

    `target` appears only when the whole size announced by the server has arrived.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(target.name + ".part")
    log.info("downloading %s", address)
    for _ in range(DOWNLOAD_ATTEMPTS):
        total = download_once(address, part, edge, max_bytes)
        if size_of(part) == total:
            part.replace(target)
            return
        if size_of(part) > total:
            part.unlink()
    raise Unavailable(f"{address}: the download ended early; the next run continues it")


def download_once(address: str, part: Path, edge: Edge, max_bytes: int) -> int:
    """Add what the server sends to a half finished file and return the size in bytes that it should reach."""
    offset = size_of(part)
    try:
        stream = edge.open_url(address, offset)
    except OSError as error:
        if getattr(error, "code", None) == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
            part.unlink(missing_ok=True)
        raise Unavailable(f"{address}: {error}") from error
    with stream.body:
        if stream.total is None or stream.total > max_bytes:
            raise Unavailable(f"{address}: announces {stream.total} bytes, more than {max_bytes} or unknown")
        with part.open("ab" if stream.start == offset else "wb") as file:
            append(stream, file, max_bytes)
    return stream.total


def append(stream: Stream, file: BinaryIO, max_bytes: int) -> None:
    """Copy a stream to the end of a file until it ends or breaks off, or `max_bytes` are exceeded."""
    while file.tell() <= max_bytes:
        try:
            chunk = stream.body.read(CHUNK_BYTES)
        except (OSError, HTTPException) as error:
            log.info("download interrupted: %s", error)
            return
        if not chunk:
            return
        file.write(chunk)


def size_of(path: Path) -> int:
    """Return a file's size in bytes, 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def open_url(address: str, offset: int) -> Stream:
    """Open an http(s) address from a byte offset on, as far as the server knows how."""
    request = urllib.request.Request(address, headers={"Range": f"bytes={offset}-"} if offset else {})
    response = urllib.request.urlopen(request, timeout=CONNECT_TIMEOUT_SECONDS)
    start = offset if response.status == HTTPStatus.PARTIAL_CONTENT else 0
    length = response.headers.get("Content-Length")
    return Stream(body=cast(BinaryIO, response), start=start, total=start + int(length) if length else None)


def run_command(command: Sequence[str], folder: Path) -> None:
    """Run a package manager in `folder`; raises Unavailable with the last line it said."""
    log.info("running %s", " ".join(command))
    try:
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=COMMAND_TIMEOUT_SECONDS)
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is not installed") from error
    except subprocess.TimeoutExpired as error:
        raise Unavailable(f"{command[0]} took more than {COMMAND_TIMEOUT_SECONDS} s") from error
    except subprocess.CalledProcessError as error:
        said = error.stderr.decode(errors="replace").strip().splitlines() or [f"exit code {error.returncode}"]
        raise Unavailable(f"{command[0]}: {said[-1]}") from error


WORLD = Edge(run=run_command, open_url=open_url)
