"""What a whole plugin must keep: it registers without a remark, and everything that it gives keeps its contract."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType, ModuleType
from typing import Any, ClassVar

from kepu_core.domain.findings import Finding, Problem, Severity
from kepu_core.domain.scheme import Scheme
from kepu_core.language import Text
from kepu_core.plugins import problems
from kepu_core.plugins.calling import reason_of
from kepu_core.plugins.descriptors import (
    Exporter,
    Importer,
    MethodType,
    Metric,
    RecordCheck,
    RecordType,
    RegionSource,
)
from kepu_core.plugins.hookspecs import HOOKS
from kepu_core.plugins.info import Given, PluginError
from kepu_core.plugins.manager import PluginManager
from kepu_core.plugins.storage import StorageBackend
from kepu_core.testing.contracts._conduct import doing_nothing
from kepu_core.testing.contracts._contract import Contract, LawOutcome, LawResult, check_contract
from kepu_core.testing.contracts.exporter import ExporterContract
from kepu_core.testing.contracts.importer import ImporterContract
from kepu_core.testing.contracts.method import CONTRACTS
from kepu_core.testing.contracts.metric import NO_SOURCE, MetricContract
from kepu_core.testing.contracts.record import CheckContract, RecordTypeContract
from kepu_core.testing.contracts.scheme import SchemeContract, manager_with
from kepu_core.testing.contracts.storage import StorageContract

__all__ = ["PluginContract", "contracts_of", "given_by"]

SET_ASIDE = Problem(
    "contract.plugin.set-aside",
    Text("{what} 不能使用：{reason}", "{what} cannot be used: {reason}"),
    Text("{mend}", "{mend}"),
)
NO_API = Problem(
    "contract.plugin.no-api",
    Text("{what} 没有声明面向哪一版接口", "{what} does not say for which hooks it was written"),
    Text('写 kepu_api = ">=1,<2"', 'write kepu_api = ">=1,<2"'),
)
PARTS = Problem(
    "contract.plugin.parts",
    Text("{what}：{count} 条规律不满足，第一条：{first}", "{what}: {count} laws do not hold, the first: {first}"),
    Text("逐条查看：kepu plugin check", "see them one by one: kepu plugin check"),
)
REGIONS = Problem(
    "contract.plugin.regions",
    Text("{what} 的区划表 {name} 有误：{reason}", "the regions {name} of {what} are wrong: {reason}"),
    Text("{mend}", "{mend}"),
)


class PluginContract(Contract):
    """The laws of a whole plugin.

    ``plugin`` is its module, the name of that, or an object::

        class TestPlugin(PluginContract):
            plugin = "kepu_foshan.plugin"

    What needs more to be tested (parameters of a rule, samples of files) has a contract of its own beside it.
    """

    plugin: ClassVar[Any]

    @property
    def what(self) -> str:
        """The plugin, for messages."""
        return f"plugin/{self._found.__name__ if isinstance(self._found, ModuleType) else type(self._found).__name__}"

    def test_registers_without_a_remark(self) -> None:
        """It is active beside the built-ins: right names, signatures, descriptors, namespace."""
        manager = PluginManager.with_builtins()
        info = manager.register(self._found, "plugin")
        for finding in (*info.findings, *manager.info("plugin").findings):
            self.broken(SET_ASIDE, reason=finding.message, mend=finding.mend)

    def test_says_its_api(self) -> None:
        """It says for which versions of the hooks it was written."""
        if getattr(self._found, "kepu_api", None) is None:
            self.broken(NO_API)

    def test_hands_over_quietly(self) -> None:
        """Handing over does nothing else: no network, no process, nothing written, nothing printed."""
        with doing_nothing(self, reads=True):  # hooks import what they hand over
            manager = PluginManager.with_builtins()
            manager.register(self._found, "plugin")
            _ = manager.plugins

    def test_keeps_all_contracts(self) -> None:
        """Every metric, rule, scheme, record type, check, exporter, importer and store keeps its own laws."""
        broken = [
            (contract, result)
            for contract in contracts_of(given_by(self._found), self._found)
            for result in check_contract(contract)
            if result.outcome is LawOutcome.BROKEN and result.finding is not None
        ]
        if broken:
            self.broken(PARTS, count=len(broken), first=_first(broken[0][1]))

    def test_regions_are_right(self) -> None:
        """Its tables of regions can be read, name their source, and fit together."""
        for given in given_by(self._found):
            if isinstance(given.value, RegionSource):
                for finding in region_faults(given.value):
                    mend = finding.mend
                    self.broken(REGIONS, name=given.value.name, reason=finding.message, mend=mend)

    @property
    def _found(self) -> Any:
        return import_module(self.plugin) if isinstance(self.plugin, str) else self.plugin


def _first(result: LawResult) -> Text:
    finding = result.finding
    return finding.message if finding is not None else Text(result.law, result.law)


def region_faults(source: RegionSource) -> Iterator[Finding]:
    """What is wrong with a table of regions."""
    from kepu_core.domain.region import RegionTable  # noqa: PLC0415 - needed only with a table

    if source.provenance is None:
        lacking = Text("出处", "source")
        yield NO_SOURCE.finding(what=source.name, lacking=lacking)
    try:
        regions = list(source.load())
    except Exception as error:  # noqa: BLE001 - a plugin may raise anything
        yield SET_ASIDE.finding(what=source.name, reason=reason_of(error), mend="")
        return
    yield from (f for f in RegionTable(regions).check() if f.severity is Severity.ERROR)


def given_by(plugin: object) -> tuple[Given[Any], ...]:
    """Everything that a plugin gives, once it is registered beside the installed ones. Raises :class:`PluginError`."""
    manager = manager_with(plugin)
    origin = (
        plugin.__name__ if isinstance(plugin, ModuleType) else f"{type(plugin).__module__}.{type(plugin).__qualname__}"
    )
    infos = [i for i in manager.plugins if i.origin.partition(":")[0] == origin]
    faults = [f for i in infos if not i.state.works for f in i.findings]
    if not infos:
        faults = [problems.UNKNOWN_PLUGIN.finding(plugin=origin, known=tuple(i.name for i in manager.plugins))]
    if faults:
        raise PluginError(faults)
    names = {i.name for i in infos}
    return tuple(g for one in HOOKS.values() for g in manager.given(one).values() if g.plugin.name in names)


def contracts_of(given: tuple[Given[Any], ...], plugin: object) -> Iterator[type[Contract]]:
    """A contract for each thing that a plugin gives, where there is one for its kind."""
    own = tuple(g.value.cls for g in given if isinstance(g.value, RecordType))
    for one in given:
        for kind, (contract, attribute, more) in _BY_KIND.items():
            if isinstance(one.value, kind):
                body: dict[str, Any] = {attribute: one.value}
                if isinstance(one.value, MethodType):
                    contract = CONTRACTS[type(one.value)]  # noqa: PLW2901 - the one for its role
                if "record_types" in more and own:
                    body["record_types"] = own if contract is CheckContract else (*contract.record_types, *own)
                if "plugin" in more:
                    body["plugin"] = plugin
                yield type(contract.__name__, (contract,), {"__doc__": contract.__doc__, **body})


_BY_KIND: Mapping[type, tuple[Any, str, tuple[str, ...]]] = MappingProxyType(
    {
        Metric: (MetricContract, "metric", ()),
        MethodType: (MetricContract, "method", ()),
        Scheme: (SchemeContract, "scheme", ("plugin",)),
        RecordType: (RecordTypeContract, "record_type", ()),
        RecordCheck: (CheckContract, "check", ("record_types",)),
        Exporter: (ExporterContract, "exporter", ("record_types",)),
        Importer: (ImporterContract, "importer", ("record_types",)),
        StorageBackend: (StorageContract, "backend", ()),
    }
)
