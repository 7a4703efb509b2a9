"""Plugins that say the wrong thing of themselves: their namespace, and the hooks for which they were written."""

import kepu_core as kepu
from kepu_broken.kit import count, gives, number

METRICS = kepu.hook.kepu_metrics
right = number()(count)

no_namespace = gives(METRICS, right, kepu_namespace=None)
bare_name = gives(METRICS, number("venues")(count))
foreign_namespace = gives(METRICS, number("gd.venues")(count))
bad_namespace = gives(METRICS, right, kepu_namespace="Guang Zhou")
namespace_no_text = gives(METRICS, right, kepu_namespace=44)
newer_api = gives(METRICS, right, kepu_api=">=2,<3")
unreadable_api = gives(METRICS, right, kepu_api="1.x")
api_no_text = gives(METRICS, right, kepu_api=1)


@kepu.hook.optional
def kepu_forecasts():
    return []


newer_hook = gives(METRICS, right, kepu_forecasts=kepu_forecasts)


@kepu.hook.kepu_forecasts
def _of_the_next_line():
    return []


two_lines = gives(METRICS, right, forecasts=_of_the_next_line, kepu_api=">=1,<3")
