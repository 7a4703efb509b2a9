"""Charts of scorecards as Altair charts (``kepu-core[plot]``): in a notebook, or saved as SVG, PNG or offline HTML.

Every function takes a scorecard (or what came of one) and gives an Altair chart, to be changed like any other.
"""

from kepu_core.plot.charts import contributions, correlation, heatmap, ranking, tiles
from kepu_core.plot.saving import save

__all__ = ["contributions", "correlation", "heatmap", "ranking", "save", "tiles"]
