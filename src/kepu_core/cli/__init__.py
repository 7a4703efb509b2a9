"""``kepu``: the command line, thin over the workspace."""

import sys

__all__ = ["main"]


def main() -> None:
    """Run ``kepu``; say in one line what to install if the libraries of the command line are not there."""
    try:
        import rich  # noqa: F401, PLC0415 - asked for here so that its absence is told kindly
        import typer  # noqa: F401, PLC0415
    except ModuleNotFoundError as error:
        sys.stderr.write(
            f"kepu: 命令行需要 {error.name}：pip install 'kepu-core[cli]' · "
            f"the command line needs {error.name}: pip install 'kepu-core[cli]'\n"
        )
        raise SystemExit(4) from None
    from kepu_core.cli.app import run  # noqa: PLC0415 - needs what was asked for above

    run()
