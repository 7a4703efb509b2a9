"""``python -m kepu_core``: the same as ``kepu``, where scripts are not on the path."""

from kepu_core.cli import main

if __name__ == "__main__":
    main()
