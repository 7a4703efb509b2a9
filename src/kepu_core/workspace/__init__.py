"""The façade: open, put, find, import, check, evaluate, export; and scoring a table without a store."""

from kepu_core.workspace.adhoc import score
from kepu_core.workspace.conflicts import Difference
from kepu_core.workspace.reports import ImportReport, RecordChange, Revision
from kepu_core.workspace.roles import Role
from kepu_core.workspace.workspace import Workspace, open_workspace

__all__ = ["Difference", "ImportReport", "RecordChange", "Revision", "Role", "Workspace", "open_workspace", "score"]
