"""One offline HTML page of a report or a scorecard: see :mod:`kepu_web.page`. Importing this loads no template engine."""
