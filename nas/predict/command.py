"""`nas predict`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.argument("weights", type=click.Path(path_type=Path))
@click.argument("images", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--top", type=click.IntRange(1, 1000), default=3, show_default=True, help="Classes shown for an image.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write a CSV file instead.")
def predict(weights: Path, images: tuple[Path, ...], top: int, out: Path | None) -> None:
    """Tell what the network in WEIGHTS (a folder of `nas train`) sees in IMAGES: classes with confidences.

    Folders among IMAGES are searched for image files. With one of them, or with --out, the answer is a CSV table:
    file, class, confidence.
    """
    from nas.predict.prediction import predictions, read_network
    from nas.predict.screen import print_predictions, write_predictions
    from trials.data.image_files import image_files

    network = read_network(weights)
    files = image_files(images)
    found = predictions(network, files, top)
    if out is not None:
        write_predictions(found, out)
    else:
        print_predictions(found, as_csv=any(path.is_dir() for path in images))
