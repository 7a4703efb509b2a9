"""One offline HTML page of a scorecard: see :mod:`kepu_web.page`. Importing this loads no template engine."""
