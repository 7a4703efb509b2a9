"""The module beside the one with the hooks: the entry point names the wrong one."""

import kepu_core as kepu

FULL_MARKS = 100
kepu_api = ">=1,<2"
LABEL = kepu.Text("年度", "annual")
