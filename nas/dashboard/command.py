"""`nas dashboard`. Slow imports inside."""

from __future__ import annotations

from pathlib import Path

import click

from trials.console.command_line import results_options


@click.command()
@results_options
@click.option("--host", default="127.0.0.1", show_default=True, help="0.0.0.0 lets other machines see it.")
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0: any that is free.")
def dashboard(directory: Path, host: str, port: int, storage: str | None) -> None:
    """Serve optuna-dashboard on the studies of a search in DIRECTORY (results/NAME) until Ctrl-C.

    It follows a search that is going. A journal is only read: what the page would change or delete stays as it is.
    """
    from nas.dashboard.serving import dashboard_server

    server = dashboard_server(directory, host, port, storage)
    click.echo(f"http://{host}:{server.server_port}/dashboard/  (Ctrl-C ends it)")
    try:
        server.serve_forever()
    finally:
        server.server_close()
