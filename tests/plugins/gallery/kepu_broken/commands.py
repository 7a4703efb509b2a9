"""Commands that cannot be built, or fail when they run."""

import kepu_core as kepu
from kepu_broken.kit import LABEL, gives


def command(build):
    return gives(kepu.hook.kepu_cli, kepu.CliCommand(name="broken-list", label=LABEL, build=build))


@command
def build_raises():
    raise LookupError("no settings")


@command
def build_nothing():
    return None


@command
def run_raises():
    import typer

    app = typer.Typer()

    @app.command()
    def show():
        raise LookupError("no settings")

    return app
