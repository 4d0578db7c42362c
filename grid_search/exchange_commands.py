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
@click.option("--num-classes", type=int, default=1000, show_default=True, help="Without --weights.")
@click.option(
    "--batch-norm-eps", type=float, default=1e-3, show_default=True, help="What the weights were trained with."
)
def export(config: str, to: str, out: Path, weights: Path | None, num_classes: int, batch_norm_eps: float) -> None:
    """Write CONFIG (an architecture file, a published network, timm:MODEL) in the format of another library.

    The network is written exactly or refused with the reason. Weights are embedded in ONNX; for timm, torchvision and
    torch they go, under the names of that library, to a .safetensors file beside the one that is written.
    """
    from search_spaces.exchange.export.formats import export_architecture
    from search_spaces.exchange.source import load_architecture

    architecture = load_architecture(config)
    written = export_architecture(architecture, to, out, weights, num_classes, batch_norm_eps=batch_norm_eps)
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
    from search_spaces.exchange.source import load_architecture

    emit_architecture(load_architecture(source), out, provenance={"imported_from": source})
    click.echo(out)
