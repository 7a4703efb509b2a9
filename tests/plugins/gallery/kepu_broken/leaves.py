"""Leaves the interpreter when it is imported, as a script might."""

import sys

sys.exit("a licence is needed")
