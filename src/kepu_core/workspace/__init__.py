"""The façade: open, put, find, import, check, evaluate, export; and scoring a table without a store."""

from kepu_core.workspace.adhoc import score
from kepu_core.workspace.reports import ImportReport, Revision
from kepu_core.workspace.workspace import Workspace, open_workspace

__all__ = ["ImportReport", "Revision", "Workspace", "open_workspace", "score"]
