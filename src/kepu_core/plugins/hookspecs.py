"""The hooks: everything through which a plugin can add to the library.

A plugin is a module (or an object) registered under the entry-point group ``kepu``. It implements some of the
functions below, each marked with its own decorator, and says two things of itself:

```python
kepu_api = ">=1,<2"        # the versions of these hooks that it was written for
kepu_namespace = "sz"      # where its names live: sz.venues_per_100k
```

For every hook holds:

- **Called** once for each manager, when something is first asked of it. A hook gives *descriptors*, small immutable
  objects that name what is offered and hold the function that does it; no hook is on a hot path.
- **Signature**: no arguments; it returns (or yields) descriptors of its kind. Another name, arguments, a wrong
  annotation or a wrong descriptor are refused when the plugin is registered or asked, not when it is used.
- **May not** do anything but make descriptors: no files, no network, no printing. What is heavy is imported inside the
  hook or, better, inside the function that needs it.
- **Order**: results are sorted by name and stamped with plugin and version; the order in which plugins are installed
  changes nothing. Of two that give the same name, the plugin whose own name comes later is set aside, and both are
  named.
- **Failure**: a plugin that is wrong in any hook gives nothing at all: it is set aside, stays listed with cause and
  mend, and the others work on. With ``strict=True`` the fault is raised instead.

``@hook.kepu_metrics`` marks an implementation under any function name; ``@hook`` alone goes by the name of the
function. ``@hook.optional`` marks one of a hook that older versions of the library lack: there the plugin is
*degraded*, and the rest of it works.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias, TypeVar

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
from kepu_core.plugins.hook_type import Hook, implement, specify

__all__ = ["HOOKS", "HOOK_API", "Descriptor", "hook"]

HOOK_API = "1.0"
"""The version of these hooks: the second number grows when a hook is added, the first when one is changed."""

Descriptor: TypeAlias = (
    CliCommand
    | CommitListener
    | Demo
    | EvaluationListener
    | Exporter
    | Importer
    | MethodType
    | Metric
    | RecordCheck
    | RecordType
    | RegionSource
    | Scheme
    | StorageBackend
)
"""Anything that a plugin may hand over."""


@specify(namespaced=True)
def kepu_metrics() -> Iterable[Metric]:
    """Metrics: what turns facts into one number per subject.

    The function of a metric is called once for each evaluation in which a scheme names it, with the facts of one
    period, and gives a whole column. It may depend on nothing but these facts: no clock, no network, no file, no
    memory of earlier calls; missing stays missing.

    If it raises, the evaluation is refused with plugin, metric, subjects and period, or, if the caller asked for
    ``on_error="missing"``, its figures count as missing and the scorecard says so. Its id begins with the plugin's
    namespace.

    Example::

        @kepu.metric("my.bases", title="科普教育基地数", title_en="bases", unit="个", subject="region", low=0,
                     provenance=kepu.Provenance(source="基地名册"))
        def bases(facts: kepu.Facts) -> kepu.Values:
            return facts.count(kepu.Base)


        @kepu.hook.kepu_metrics
        def metrics() -> list[kepu.Metric]:
            return [bases]
    """
    return ()


@specify()
def kepu_scoring_rules() -> Iterable[MethodType]:
    """Scoring methods: rules, aggregations and weightings that schemes may name.

    A rule says how a raw value earns a share of a criterion's points, an aggregation how a node makes one share of its
    children's, a weighting how the weights of the children come about: ``RuleType``, ``AggregationType`` and
    ``WeightingType``, each with a class made with ``@kepu.part``. The three share one set of names.

    Methods compute on columns (numpy arrays), in blocks and on several threads: they may keep no state. If one raises,
    the evaluation is refused with criterion, method and plugin.

    Example::

        @kepu.part("达标即满分", "all once reached")
        class Reached:
            target: float = kepu.field("目标", "target")

            def shares(self, cells: kepu.Cells):
                return (cells.raw >= self.target).astype(float)


        @kepu.hook.kepu_scoring_rules
        def rules() -> list[kepu.RuleType]:
            source = kepu.Provenance(source="本市评分细则")
            return [kepu.RuleType(kind="my.reached", label=kepu.Text("达标即满分", "all once reached"), cls=Reached,
                                  provenance=source)]
    """
    return ()


@specify(namespaced=True)
def kepu_schemes() -> Iterable[Scheme]:
    """Indicator schemes, by versions.

    A version is immutable once it has been used; a change is a new version. What a scheme names (metrics, rules) may
    come from any plugin, and is looked for when the scheme is used. Its name begins with the plugin's namespace. A
    scheme stored in a workspace wins over a plugin's of the same id.

    Example::

        @kepu.hook.kepu_schemes
        def schemes() -> list[kepu.Scheme]:
            rule = kepu.RuleSpec(kind="ratio", params={"target": 3})
            leaf = kepu.Criterion(id="bases", title="基地数", weight=1, metric="my.bases", rule=rule)
            root = kepu.Criterion(id="total", title="总分", points=100, children=[leaf])
            return [kepu.Scheme(id="my.annual@1", name="my.annual", version="1", title="年度评价", subject="region",
                                root=root, provenance=kepu.Provenance(source="本市办法"))]
    """
    return ()


@specify()
def kepu_regions() -> Iterable[RegionSource]:
    """Tables of regions (GB/T 2260 codes with their past).

    ``load`` is called when regions are first needed, once for each workspace; the tables of several plugins are joined,
    and regions stored in the workspace win. Codes may have come and gone: a region says from when until when it was
    valid and what became of it.

    Example::

        def load():
            yield kepu.Region(id="440000", name="广东省", level="province")
            yield kepu.Region(id="440300", name="深圳市", level="prefecture", parent="440000")


        @kepu.hook.kepu_regions
        def regions() -> list[kepu.RegionSource]:
            return [kepu.RegionSource(name="my.regions", label=kepu.Text("区划", "regions"), load=load,
                                      provenance=kepu.Provenance(source="GB/T 2260"))]
    """
    return ()


@specify(namespaced=True)
def kepu_record_types() -> Iterable[RecordType]:
    """Record types of a plugin's own, stored, found, checked, imported and exported like any other.

    The class says everything about its fields. When the stored form changes, ``version`` grows and ``upgrades`` lead up
    from every older one, so that what was once written can be read for ever. Its name begins with the plugin's
    namespace.

    Example::

        @kepu.record("my.station", "科普驿站", "science station")
        class Station:
            id: str = kepu.field("标识", "id")
            name: str = kepu.field("名称", "name")
            region: str = kepu.field("地区", "region", ref="region", form=kepu.Form.REGION_CODE, index=True)


        @kepu.hook.kepu_record_types
        def record_types() -> list[kepu.RecordType]:
            return [kepu.RecordType(Station)]
    """
    return ()


@specify()
def kepu_check_records() -> Iterable[RecordCheck]:
    """A city's own validation of records.

    ``check`` is called before records are put and by ``kepu check``, with what is being put, what is stored, the
    regions and the day; it yields findings. One of severity *error* refuses the whole commit, others are told. A check
    changes nothing and reads no clock: the day is in its context.

    If it raises, that is a finding of its own, and the other checks still run; nothing is put.

    Example::

        NO_OPENING = kepu.Problem("my.no-opening", kepu.Text("未填开放日期", "the day of opening is missing"),
                                  kepu.Text("填写 opened_on", "give opened_on"), kepu.Severity.WARNING)


        def opened(context: kepu.CheckContext):
            for record in context.records:
                if isinstance(record, kepu.Base) and record.opened_on is None:
                    yield NO_OPENING.finding(record=f"base/{record.id}", field="opened_on")


        @kepu.hook.kepu_check_records
        def checks() -> list[kepu.RecordCheck]:
            return [kepu.RecordCheck(name="my.opening", label=kepu.Text("开放日期", "opening"), check=opened)]
    """
    return ()


@specify()
def kepu_storage_backends() -> Iterable[StorageBackend]:
    """Places to keep a workspace, chosen by the scheme of a URL or the suffix of a path.

    ``open(url, create)`` is called when a workspace is opened and gives a ``Store``; what a store promises stands in
    ``kepu_core.plugins.storage`` and is tested by ``StorageContract``. What cannot be opened is refused with
    ``StoreRefused`` and left as it is.

    Example::

        from kepu_core.builtin.memory import MemoryStore


        def open_scratch(url: str, create: bool) -> MemoryStore:
            return MemoryStore(url)


        @kepu.hook.kepu_storage_backends
        def backends() -> list[kepu.StorageBackend]:
            return [kepu.StorageBackend(name="my.scratch", label=kepu.Text("草稿", "scratch"), open=open_scratch,
                                        schemes=("scratch",))]
    """
    return ()


@specify()
def kepu_importers() -> Iterable[Importer]:
    """Ways to read files, chosen by suffix or by name.

    ``read(data, context)`` is called with the bytes of one file, which are hostile until shown otherwise: nothing in
    them is run, no path is taken from them, their size and expansion are bounded. It gives records and findings:
    everything that is wrong, each with its place. If it raises, nothing is imported.

    Example::

        def read_names(data: bytes, context: kepu.ImportContext) -> kepu.ImportResult:
            names = data.decode("utf-8", "replace").split()
            records = [kepu.Organisation(id=f"my-{n}", name=n, kind="association") for n in dict.fromkeys(names)]
            return kepu.ImportResult(records=records)


        @kepu.hook.kepu_importers
        def importers() -> list[kepu.Importer]:
            return [kepu.Importer(name="my.names", label=kepu.Text("单位名单", "names"), suffixes=(".names",),
                                  read=read_names)]
    """
    return ()


@specify()
def kepu_exporters() -> Iterable[Exporter]:
    r"""Ways to write scorecards and records, chosen by suffix or by name.

    ``write(what, out, context)`` is called with an object of a kind that ``accepts`` names and a binary stream: it
    writes there and nowhere else, leaves personal fields out unless ``context.include_personal``, knows no clock but
    ``context.generated_at``, and what it writes is safe to open. If it raises, an existing file stays as it was.

    Example::

        def write_names(records, out, context: kepu.ExportContext) -> None:
            out.write("\n".join(sorted(r.name for r in records if hasattr(r, "name"))).encode())


        @kepu.hook.kepu_exporters
        def exporters() -> list[kepu.Exporter]:
            return [kepu.Exporter(name="my.names", label=kepu.Text("名单", "names"), suffixes=(".names",),
                                  accepts=("records",), write=write_names)]
    """
    return ()


@specify()
def kepu_after_commit() -> Iterable[CommitListener]:
    """Whom to tell after a commit.

    ``after(commit, records)`` is called when everything is on disk, in the order of the listeners' names. It cannot
    undo the commit; if it raises, that becomes a notice of the workspace (``ws.notices``).

    Example::

        def tell(commit, records) -> None:
            print(commit.number, len(records))


        @kepu.hook.kepu_after_commit
        def listeners() -> list[kepu.CommitListener]:
            return [kepu.CommitListener(name="my.tell", after=tell)]
    """
    return ()


@specify()
def kepu_after_evaluation() -> Iterable[EvaluationListener]:
    """Whom to tell after an evaluation.

    ``after(card)`` is called with the finished scorecard, in the order of the listeners' names. It cannot change the
    result; if it raises, that becomes a notice of the workspace (``ws.notices``).

    Example::

        def first(card) -> None:
            print(card.standings[0].name)


        @kepu.hook.kepu_after_evaluation
        def listeners() -> list[kepu.EvaluationListener]:
            return [kepu.EvaluationListener(name="my.first", after=first)]
    """
    return ()


@specify()
def kepu_cli() -> Iterable[CliCommand]:
    """Subcommands of ``kepu``.

    ``build()`` is called when the command is, and gives a typer application. The names of the core's own commands
    cannot be taken.

    Example::

        def build():
            import typer

            app = typer.Typer(help="问候")

            @app.command()
            def hello(name: str = "科普") -> None:
                typer.echo(name)

            return app


        @kepu.hook.kepu_cli
        def commands() -> list[kepu.CliCommand]:
            return [kepu.CliCommand(name="hello", label=kepu.Text("问候", "say hello"), build=build)]
    """
    return ()


@specify()
def kepu_demo() -> Iterable[Demo]:
    """Material for ``kepu demo``: records made from a seed, and the scheme and period to evaluate.

    The first by name is shown. What is not a published figure is marked illustrative.

    Example::

        from kepu_core.plugins import Demo


        def records(seed: int):
            yield kepu.Organisation(id="my-ast", name="某市科协", kind="association")


        @kepu.hook.kepu_demo
        def material() -> list[Demo]:
            return [Demo(name="my.demo", label=kepu.Text("示例", "demo"), records=records, scheme="my.annual",
                         period="2021", explain="440300")]
    """
    return ()


HOOKS: Mapping[str, Hook[Any]] = MappingProxyType(
    {name: value for name, value in sorted(globals().items()) if isinstance(value, Hook)}
)
"""Every hook by its name."""

F = TypeVar("F", bound=Callable[..., Iterable[Descriptor]])


class Hooks:
    """The hooks as attributes, each a decorator; called itself, it goes by the name of the function."""

    kepu_after_commit = kepu_after_commit
    kepu_after_evaluation = kepu_after_evaluation
    kepu_check_records = kepu_check_records
    kepu_cli = kepu_cli
    kepu_demo = kepu_demo
    kepu_exporters = kepu_exporters
    kepu_importers = kepu_importers
    kepu_metrics = kepu_metrics
    kepu_record_types = kepu_record_types
    kepu_regions = kepu_regions
    kepu_schemes = kepu_schemes
    kepu_scoring_rules = kepu_scoring_rules
    kepu_storage_backends = kepu_storage_backends

    def __call__(self, function: F, /) -> F:
        """Mark a function as the implementation of the hook that it is called after."""
        return implement(function)

    def optional(self, function: F, /) -> F:
        """The same, of a hook that an older version of the library may lack."""
        return implement(function, optional=True)

    if not TYPE_CHECKING:  # a type checker is to see a misspelt hook; at run time the manager tells what to do

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("kepu_"):
                raise AttributeError(name)
            return partial(implement, name=name)


hook: Final[Hooks] = Hooks()
