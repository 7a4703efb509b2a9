"""kepu-core: science-popularisation (科普) governance as a library.

The table of contents. Everything here is imported when it is first used.

Work
    :func:`open_workspace` → :class:`Workspace`: put, find, import, check, evaluate, export.
Records
    places and bodies: :class:`Region`, :class:`Organisation`;
    plans: :class:`Plan`, :class:`PlanSection`, :class:`PlanItem`, :class:`Target`, :class:`Assignment`,
    :class:`ProgressReport`; bases: :class:`Base`, :class:`Designation`, :class:`BaseReport`;
    campaigns: :class:`CampaignSeries`, :class:`Campaign`, :class:`Activity`, :class:`Award`;
    figures: :class:`Indicator`, :class:`Observation`;
    evaluation: :class:`Scheme`, :class:`Criterion`, :class:`Evaluation`.
Values
    :class:`Period`, :class:`Lifecycle`, :class:`Finding`, :class:`Text`.
Making your own
    :func:`record`, :func:`part`, :func:`field`; :func:`metric`, :class:`Facts`, :class:`Values`; :func:`hook`,
    :class:`PluginManager`.
Results
    :class:`Scorecard`, :class:`Explanation`, :class:`Report`.
Errors
    :class:`KepuError` and below it :class:`InvalidData`, :class:`Refused`, :class:`NotFound`,
    :class:`MissingLibrary`, :class:`PluginError`, :class:`RevisionConflict`, :class:`StoreRefused`.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kepu_core.codec import Codec, RecordType
    from kepu_core.domain.audience import Audience
    from kepu_core.domain.base import Base, BaseKind, BaseReport, Location
    from kepu_core.domain.campaign import (
        Activity,
        Award,
        Campaign,
        CampaignFigures,
        CampaignKind,
        CampaignRole,
        CampaignSeries,
        CampaignStep,
        CampaignUnit,
        Entry,
        Mode,
        Venue,
    )
    from kepu_core.domain.designation import (
        Designation,
        DesignationEvent,
        DesignationLevel,
        DesignationState,
        DesignationStep,
        RegionDesignation,
    )
    from kepu_core.domain.enums import LabelledEnum
    from kepu_core.domain.erasure import Erasure
    from kepu_core.domain.errors import InvalidData, KepuError, MissingLibrary, NotFound, Refused
    from kepu_core.domain.evaluation import Evaluation, SubjectResult
    from kepu_core.domain.fields import describe, field
    from kepu_core.domain.findings import Finding, Place, Problem, Severity
    from kepu_core.domain.forms import Form
    from kepu_core.domain.lifecycle import Lifecycle
    from kepu_core.domain.observation import (
        Breakdown,
        Indicator,
        IndicatorKind,
        Observation,
        Standing,
        ValueState,
    )
    from kepu_core.domain.organisation import Contact, Organisation, OrganisationKind
    from kepu_core.domain.period import Period, PeriodUnit, time_left
    from kepu_core.domain.plan import (
        ActionRole,
        Assignment,
        Comparison,
        Plan,
        PlanItem,
        PlanKind,
        PlanSection,
        Programme,
        Target,
        UnitRole,
    )
    from kepu_core.domain.progress import ItemEvent, ItemState, ProgressReport, TrafficLight, item_progress
    from kepu_core.domain.provenance import Provenance
    from kepu_core.domain.record import Record, part, record, replace
    from kepu_core.domain.region import Region, RegionLevel, RegionTable
    from kepu_core.domain.scheme import Criterion, Scheme, tree_of
    from kepu_core.domain.scheme_diff import SchemeChange, diff_schemes
    from kepu_core.domain.scheme_policies import (
        Adjustment,
        AdjustmentKind,
        AggregationSpec,
        GradeBand,
        GradeHistory,
        Imputation,
        MissingAction,
        MissingPolicy,
        Outliers,
        PeerGroup,
        Ranking,
        Rounding,
        RoundingMode,
        RuleSpec,
        Scope,
        Screening,
        Ties,
        Transform,
        Treatment,
        Veto,
        VetoEffect,
        WeightingSpec,
    )
    from kepu_core.language import Text, use_language
    from kepu_core.plugins import (
        CheckContext,
        CliCommand,
        CommitListener,
        Demo,
        EvaluationListener,
        ExportContext,
        Exporter,
        ImportContext,
        Importer,
        ImportResult,
        PluginError,
        PluginManager,
        RecordCheck,
        RegionSource,
        RevisionConflict,
        StorageBackend,
        StoreRefused,
        hook,
    )
    from kepu_core.report import Report
    from kepu_core.scoring import (
        AggregationType,
        Cells,
        Explanation,
        Facts,
        Metric,
        Reason,
        RuleType,
        Scorecard,
        Values,
        WeightingType,
        metric,
    )
    from kepu_core.workspace import ImportReport, Workspace, open_workspace, score

__version__ = "0.1.0"

_HOMES = {
    "codec": ("Codec", "RecordType"),
    "domain.audience": ("Audience",),
    "domain.base": ("Base", "BaseKind", "BaseReport", "Location"),
    "domain.campaign": (
        "Activity", "Award", "Campaign", "CampaignFigures", "CampaignKind", "CampaignRole", "CampaignSeries",
        "CampaignStep", "CampaignUnit", "Entry", "Mode", "Venue",
    ),
    "domain.designation": (
        "Designation", "DesignationEvent", "DesignationLevel", "DesignationState", "DesignationStep",
        "RegionDesignation",
    ),
    "domain.enums": ("LabelledEnum",),
    "domain.erasure": ("Erasure",),
    "domain.errors": ("InvalidData", "KepuError", "MissingLibrary", "NotFound", "Refused"),
    "domain.evaluation": ("Evaluation", "SubjectResult"),
    "domain.fields": ("describe", "field"),
    "domain.findings": ("Finding", "Place", "Problem", "Severity"),
    "domain.forms": ("Form",),
    "domain.lifecycle": ("Lifecycle",),
    "domain.observation": ("Breakdown", "Indicator", "IndicatorKind", "Observation", "Standing", "ValueState"),
    "domain.organisation": ("Contact", "Organisation", "OrganisationKind"),
    "domain.period": ("Period", "PeriodUnit", "time_left"),
    "domain.plan": (
        "ActionRole", "Assignment", "Comparison", "Plan", "PlanItem", "PlanKind", "PlanSection", "Programme",
        "Target", "UnitRole",
    ),
    "domain.progress": ("ItemEvent", "ItemState", "ProgressReport", "TrafficLight", "item_progress"),
    "domain.provenance": ("Provenance",),
    "domain.record": ("Record", "part", "record", "replace"),
    "domain.region": ("Region", "RegionLevel", "RegionTable"),
    "domain.scheme": ("Criterion", "Scheme", "tree_of"),
    "domain.scheme_diff": ("SchemeChange", "diff_schemes"),
    "domain.scheme_policies": (
        "Adjustment", "AdjustmentKind", "AggregationSpec", "GradeBand", "GradeHistory", "Imputation",
        "MissingAction", "MissingPolicy", "Outliers", "PeerGroup", "Ranking", "Rounding",
        "RoundingMode", "RuleSpec", "Scope", "Screening", "Ties", "Transform",
        "Treatment", "Veto", "VetoEffect", "WeightingSpec",
    ),
    "language": ("Text", "use_language"),
    "plugins": (
        "CheckContext", "CliCommand", "CommitListener", "Demo", "EvaluationListener", "ExportContext", "Exporter",
        "ImportContext", "ImportResult", "Importer", "PluginError", "PluginManager", "RecordCheck",
        "RegionSource", "RevisionConflict", "StorageBackend", "StoreRefused", "hook",
    ),
    "report": ("Report",),
    "scoring": (
        "AggregationType", "Cells", "Explanation", "Facts", "Metric", "Reason", "RuleType", "Scorecard", "Values",
        "WeightingType", "metric",
    ),
    "workspace": ("ImportReport", "Role", "Workspace", "open_workspace", "score"),
}  # fmt: skip
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "ActionRole",
    "Activity",
    "Adjustment",
    "AdjustmentKind",
    "AggregationSpec",
    "AggregationType",
    "Assignment",
    "Audience",
    "Award",
    "Base",
    "BaseKind",
    "BaseReport",
    "Breakdown",
    "Campaign",
    "CampaignFigures",
    "CampaignKind",
    "CampaignRole",
    "CampaignSeries",
    "CampaignStep",
    "CampaignUnit",
    "Cells",
    "CheckContext",
    "CliCommand",
    "Codec",
    "CommitListener",
    "Comparison",
    "Contact",
    "Criterion",
    "Demo",
    "Designation",
    "DesignationEvent",
    "DesignationLevel",
    "DesignationState",
    "DesignationStep",
    "Entry",
    "Erasure",
    "Evaluation",
    "EvaluationListener",
    "Explanation",
    "ExportContext",
    "Exporter",
    "Facts",
    "Finding",
    "Form",
    "GradeBand",
    "GradeHistory",
    "ImportContext",
    "ImportReport",
    "ImportResult",
    "Importer",
    "Imputation",
    "Indicator",
    "IndicatorKind",
    "InvalidData",
    "ItemEvent",
    "ItemState",
    "KepuError",
    "LabelledEnum",
    "Lifecycle",
    "Location",
    "Metric",
    "MissingAction",
    "MissingLibrary",
    "MissingPolicy",
    "Mode",
    "NotFound",
    "Observation",
    "Organisation",
    "OrganisationKind",
    "Outliers",
    "PeerGroup",
    "Period",
    "PeriodUnit",
    "Place",
    "Plan",
    "PlanItem",
    "PlanKind",
    "PlanSection",
    "PluginError",
    "PluginManager",
    "Problem",
    "Programme",
    "ProgressReport",
    "Provenance",
    "Ranking",
    "Reason",
    "Record",
    "RecordCheck",
    "RecordType",
    "Refused",
    "Region",
    "RegionDesignation",
    "RegionLevel",
    "RegionSource",
    "RegionTable",
    "Report",
    "RevisionConflict",
    "Role",
    "Rounding",
    "RoundingMode",
    "RuleSpec",
    "RuleType",
    "Scheme",
    "SchemeChange",
    "Scope",
    "Scorecard",
    "Screening",
    "Severity",
    "Standing",
    "StorageBackend",
    "StoreRefused",
    "SubjectResult",
    "Target",
    "Text",
    "Ties",
    "TrafficLight",
    "Transform",
    "Treatment",
    "UnitRole",
    "ValueState",
    "Values",
    "Venue",
    "Veto",
    "VetoEffect",
    "WeightingSpec",
    "WeightingType",
    "Workspace",
    "__version__",
    "describe",
    "diff_schemes",
    "field",
    "hook",
    "item_progress",
    "metric",
    "open_workspace",
    "part",
    "record",
    "replace",
    "score",
    "time_left",
    "tree_of",
    "use_language",
]


def __getattr__(name: str) -> object:
    home = _HOME.get(name)
    if home is None:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found: object = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted([*globals(), *_HOME])
