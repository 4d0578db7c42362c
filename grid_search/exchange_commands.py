"""The commands of `scale` that exchange networks with other libraries. What is slow is imported where it is needed."""

from __future__ import annotations

from pathlib import Path

import click

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("config")
@click.option("--to", required=True, metavar="FORMAT", help="timm, torchvision, tpu, automl, pycls, onnx or torch.")
@click.option("--out", type=FILE, required=True, help="The file to write.")
@click.option("--weights", type=FILE, help="A safetensors file with weights of this network, to be kept.")
@click.option("--num-classes", type=int, help="Without weights; default: those of CONFIG, 1000 for published networks.")
@click.option(
    "--batch-norm-eps", type=float, default=1e-3, show_default=True, help="What the weights were trained with."
)
def export(
    config: str, to: str, out: Path, weights: Path | None, num_classes: int | None, batch_norm_eps: float
) -> None:
    """Write CONFIG (an architecture file, a published network, timm:MODEL) in the format of another library.

    CONFIG may be the folder of a finished `nas train`: its network, with its weights where the format keeps them.

    The network is written exactly or refused with the reason. Weights are embedded in ONNX; for timm, torchvision and
    torch they go, under the names of that library, to a .safetensors file beside the one that is written.
    What weights of `nas train` know of images (class names, mean and std, size) goes along, class names to classes.txt.
    """
    from search_spaces.exchange.export.formats import WITHOUT_WEIGHTS, export_architecture
    from search_spaces.exchange.source import load_architecture, recorded_task
    from search_spaces.trained_folder import architecture_and_weights

    source, found = architecture_and_weights(config, weights)
    task = recorded_task(source, num_classes)
    written = export_architecture(
        load_architecture(source),
        to,
        out,
        weights if to in WITHOUT_WEIGHTS else found,
        task.num_classes,
        in_channels=task.in_channels,
        batch_norm_eps=batch_norm_eps,
    )
    for path in written:
        click.echo(path)


@click.command("import")
@click.argument("source")
@click.option("--out", type=FILE, required=True, help="The architecture file to write.")
def import_(source: str, out: Path) -> None:
    """Write SOURCE as an architecture file, for `--baseline` and everything else.

    SOURCE is a YAML file with `arch_def` (timm) or `blocks_args` (TensorFlow) in the place of `stages`, or timm:MODEL.
    """
    from search_spaces.emission import emit_architecture
    from search_spaces.exchange.source import load_architecture, recorded_task

    emit_architecture(load_architecture(source), out, task=recorded_task(source), provenance={"imported_from": source})
    click.echo(out)
