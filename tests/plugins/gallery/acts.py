"""How the faults of the gallery are brought about: each act gives the findings that a person would be shown."""

from collections.abc import Callable, Iterable

import pytest
from attrs import frozen
from gallery.world import CITIES, RECORDS, REGIONS, workspace
from typer.testing import CliRunner

import kepu_core as kepu
from kepu_core.cli.app import app
from kepu_core.cli.output import Output
from kepu_core.testing.contracts import ExporterContract, StorageContract, check_contract

SUBJECTS = {
    ExporterContract: ("exporter", kepu.hook.kepu_exporters),
    StorageContract: ("backend", kepu.hook.kepu_storage_backends),
}


@frozen
class When:
    """An occasion on which a fault shows, and what is done there with a manager and a folder to write to."""

    title: str
    act: Callable[..., Iterable[kepu.Finding]]

    def findings(self, manager, folder):
        """What is told, whether it is raised or given; that other plugins are left out does not count."""
        try:
            told = tuple(self.act(manager, folder))
        except kepu.KepuError as error:
            told = error.findings
        return tuple(f for f in told if f.code != "plugin.blocked")


LOOKED_FOR = When("When plugins are looked for", lambda manager, _: manager.findings)


def evaluated(what, **how):
    """A scheme is evaluated, for two cities in 2021."""

    def act(manager, _):
        with workspace(manager) as ws:
            ws.put(RECORDS)
            card = ws.evaluate(what, "2021", subjects=CITIES, **how)
            return (*card.findings, *ws.notices)

    return When("When a scheme is evaluated", act)


def _put(manager, _):
    with workspace(manager) as ws:
        ws.put(RECORDS)
        return ws.notices


def _put_the_unknown(manager, _):
    with workspace(manager) as ws:
        ws.put(REGIONS, kepu.Base(id="b8", name="辛馆", kind="venue", region="449900"))
        return ()


def _import(manager, folder):
    file = folder / "list.broken"
    file.write_text("b9", "utf-8")
    with workspace(manager) as ws:
        ws.put(REGIONS)
        return ws.import_file(file).findings


def _export(manager, folder):
    with workspace(manager) as ws:
        ws.export(RECORDS, folder / "list.broken")
        return ()


def _open(manager, _):
    with kepu.open_workspace("broken:here", plugins=manager) as ws:
        ws.put(RECORDS)
        return ()


def _run(*_):
    told = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Output, "findings", lambda self, findings: told.extend(findings))
        result = CliRunner().invoke(app, ["broken-list"])
    if not told and result.exception is not None:
        raise result.exception
    return told


def tried(contract, law, **how):
    """The contract of a kind of plugin is tried, but for one of its laws only."""
    attribute, hook = SUBJECTS[contract]

    def act(manager, _):
        (given,) = [g for g in manager.given(hook).values() if g.plugin.name == "broken"]
        (result,) = check_contract(type("Tried", (contract,), {attribute: given.value, **how}), only=[law])
        return [result.finding] if result.finding else []

    return When("When its contract is tried: by its own tests, or by `kepu plugin check`", act)


PUT = When("When records are put", _put)
PUT_THE_UNKNOWN = When("When a base in an unknown region is put", _put_the_unknown)
IMPORTED = When("When a file is imported", _import)
EXPORTED = When("When a file is written", _export)
OPENED = When("When a workspace is opened", _open)
PUT_THERE = When(PUT.title, _open)
RUN = When("When a command is run", _run)
