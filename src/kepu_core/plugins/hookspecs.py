"""The hooks: everything through which a plugin can add to the library.

A plugin is a module or an object registered under the entry-point group ``kepu``. It implements some of
these functions, marked with ``@kepu.hook``. Each is called once, when a manager is built, and gives
descriptors; none is on a hot path. The order in which plugins are installed never changes an answer:
what they give is validated, sorted by name and stamped with who gave it.

A plugin says for which hooks it was written (``kepu_api = ">=1,<2"``) and which namespace its metrics,
schemes and record types live in (``kepu_namespace = "sz"`` for ``sz.venues_per_100k``).

A hook that raises, or gives something else than it should, sets its plugin aside: the plugin stays listed
with the cause and the mend, the others work on.
"""

from collections.abc import Iterable

import pluggy

from kepu_core.domain.scheme import Scheme
from kepu_core.plugins.descriptors import (
    CliCommand,
    CommitListener,
    Demo,
    EvaluationListener,
    Exporter,
    Importer,
    MethodType,
    Metric,
    RecordCheck,
    RecordType,
    RegionSource,
    StorageBackend,
)

__all__ = ["HOOK_API", "PROJECT", "hook"]

PROJECT = "kepu"
HOOK_API = 1
"""The version of these hooks. It grows when a hook is added (minor) or changed (then plugins must follow)."""

hook = pluggy.HookimplMarker(PROJECT)
_spec = pluggy.HookspecMarker(PROJECT)


@_spec
def kepu_metrics() -> Iterable[Metric]:
    """Metrics: what turns facts into one number per subject.

    Their ids begin with the plugin's namespace. Example::

        @kepu.metric("sz.bases", title="基地数", unit="个", subject="region")
        def bases(facts):
            return facts.count(kepu.Base)


        @kepu.hook
        def kepu_metrics():
            return [bases]
    """
    return ()


@_spec
def kepu_scoring_rules() -> Iterable[MethodType]:
    """Scoring methods: rules, aggregations and weightings that schemes may name.

    A rule says how a raw value earns a share of a criterion's points, an aggregation how a node makes one share of its
    children's, a weighting how the weights of the children come about: ``RuleType``, ``AggregationType`` and
    ``WeightingType``, each with a class made with ``@kepu.part``. The kinds share one set of names.

    ``RuleType(kind="sz.log", label=Text("对数", "logarithmic"), cls=Log)`` offers a rule.
    """
    return ()


@_spec
def kepu_schemes() -> Iterable[Scheme]:
    """Indicator schemes, by versions. A version is immutable once it has been used.

    Their names begin with the plugin's namespace: ``Scheme(id="sz.annual@2021", name="sz.annual", …)``.
    """
    return ()


@_spec
def kepu_regions() -> Iterable[RegionSource]:
    """Tables of regions, loaded when first needed. Tables of several plugins are joined."""
    return ()


@_spec
def kepu_record_types() -> Iterable[RecordType]:
    """Record types of a plugin's own, stored, found, exported and checked like any other.

    Their names begin with the plugin's namespace: ``@kepu.record("sz.station", "科普驿站", "science station")``.
    """
    return ()


@_spec
def kepu_check_records() -> Iterable[RecordCheck]:
    """A city's own validation: run before records are put; a finding of severity *error* refuses them."""
    return ()


@_spec
def kepu_storage_backends() -> Iterable[StorageBackend]:
    """Places to keep a workspace, by URL scheme or by the suffix of a path."""
    return ()


@_spec
def kepu_importers() -> Iterable[Importer]:
    """Ways to read files, chosen by suffix or by name."""
    return ()


@_spec
def kepu_exporters() -> Iterable[Exporter]:
    """Ways to write scorecards and records, chosen by suffix or by name.

    An exporter writes to the stream it is given and nowhere else, and leaves personal fields out unless
    the context says otherwise.
    """
    return ()


@_spec
def kepu_after_commit() -> Iterable[CommitListener]:
    """Whom to tell after a commit. A listener cannot undo it; if it raises, that is reported."""
    return ()


@_spec
def kepu_after_evaluation() -> Iterable[EvaluationListener]:
    """Whom to tell after an evaluation. If a listener raises, that is reported."""
    return ()


@_spec
def kepu_cli() -> Iterable[CliCommand]:
    """Subcommands of ``kepu``: typer applications, built when their name is called.

    A name of the core's own commands cannot be taken.
    """
    return ()


@_spec
def kepu_demo() -> Iterable[Demo]:
    """Material for ``kepu demo``: records made from a seed, and the scheme and period to evaluate.

    The first by name is shown.
    """
    return ()
