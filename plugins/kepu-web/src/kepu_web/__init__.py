"""One offline HTML page of a scorecard."""

from kepu_web.page import render_scorecard

__all__ = ["render_scorecard"]
