"""What mutation testing found untested: of the contracts of exporters and importers."""

import pytest
from contract_kit import LABEL, code, exporter, outcome

import kepu_core as kepu
from kepu_core.testing import ExporterContract, ImporterContract, LawOutcome, Sample, check_contract

# Exporters


def page(body):
    return exporter(lambda what, out, context: out.write(f"<html><body>{body}</body></html>".encode()), ".html")


PAGES = [
    ("<p onclick='alert(1)'>x</p>", "onclick"),
    ("<link href='//example.org/x.css'>", "<link href=//example.org/x.css>"),
    ("<img src='http://example.org/x.png'>", "<img src="),
    ("<form action='https://example.org'></form>", "<form action="),
    ("<script>alert(1)</script>", "alert(1)"),
    ("<a href='https://example.org'>x</a><img src='x.png'><script>let x</script><p>alert(1)</p>", None),
]


@pytest.mark.parametrize(("body", "found"), PAGES)
def test_what_a_page_would_run_or_fetch_is_found(body, found):
    """Handlers, scripts and addresses that are fetched are told; a link that somebody must follow is not."""
    result = outcome(ExporterContract, "is_safe_to_open", exporter=page(body), examples=2)
    assert (code(result), result.outcome.value) == (("contract.exporter.markup", "broken") if found else (None, "kept"))
    if found:
        assert found in result.finding.message.en


def test_numbers_are_no_formulas():
    """In a table, a cell that begins as a formula does is one, unless it is a number."""
    for cell, told in (
        ("-5", None),
        ("+1e3", None),
        ("-5+x", "contract.exporter.formula"),
        ("@x", "contract.exporter.formula"),
    ):
        wrong = exporter(lambda what, out, context, cell=cell: out.write(f"\ufeff{cell},x\n".encode()), ".csv")
        assert code(outcome(ExporterContract, "is_safe_to_open", exporter=wrong, examples=2)) == told


@pytest.mark.parametrize(
    ("suffix", "form"),
    [(".json", '{{"{0}": [{{"id": "x"}}]}}'), (".csv", '\ufeff"{0}",x\r\n'), (".html", "<p>{0}</p>"), (".md", "{0}")],
)
def test_what_another_program_reads_is_what_was_written(suffix, form):
    """Keys and texts of JSON, cells of tables, texts of pages, lines of plain text: an underscore may be escaped."""
    for joint, told in (("|", None), ("", "contract.exporter.lost")):

        def write(records, out, context, joint=joint):
            ids = [r.id.replace("_", "\\_") if suffix == ".md" else r.id for r in records]
            out.write(form.format(joint.join(ids if joint else ["x"])).encode())

        result = outcome(ExporterContract, "can_be_read_back", exporter=exporter(write, suffix))
        assert code(result) == told, str(result.finding)


@pytest.mark.parametrize("lost", [0, 50, 99])
def test_rows_that_are_lost_are_missed(lost):
    """The first, the middle and the last row of a large export are looked for."""

    def write(records, out, context):
        out.write("\n".join(r.id for at, r in enumerate(records) if len(records) != 100 or at != lost).encode() or b"-")

    result = outcome(ExporterContract, "takes_many_rows", exporter=exporter(write), rows=100)
    assert code(result) == "contract.exporter.lost"


def test_exporters_of_scorecards_are_tried_on_scorecards():
    """One that takes scorecards alone is tried on those, empty ones too, and holds nothing personal."""

    def write(card, out, context):
        out.write("\n".join(card.names[r.subject] for r in card.standings).encode())

    body = {"exporter": exporter(write, accepts=("scorecard",)), "subjects": 10, "examples": 3}
    results = {r.law: r for r in check_contract(type("T", (ExporterContract,), body))}
    assert {law for law, r in results.items() if r.outcome is LawOutcome.SKIPPED} == {"leaves_personal_data_out"}
    assert {law: str(r.finding) for law, r in results.items() if r.outcome is LawOutcome.BROKEN} == {}
    body["exporter"] = exporter(lambda card, out, context: None, accepts=("scorecard",))
    assert code(outcome(ExporterContract, "takes_nothing", **body)) == "contract.exporter.nothing"


# Importers

REFUSED = kepu.Problem("my.refused", kepu.Text("不行", "no"), kepu.Text("改", "mend"))


def importer(read):
    return kepu.Importer(name="my.x", label=LABEL, suffixes=(".x",), read=read)


def refusing(data, context):
    raise kepu.InvalidData(REFUSED.finding())


def test_an_importer_that_refuses_is_told_so():
    """An error in a sample breaks the law, whether it is returned or raised; a damaged file may be refused."""
    finding = REFUSED.finding(place=kepu.Place(file="a.x"))
    for read in (refusing, lambda data, context: kepu.ImportResult(records=[], findings=[finding])):
        body = {"importer": importer(read), "samples": [Sample(name="a.x", data=b"x")], "examples": 5}
        result = outcome(ImporterContract, "reads_its_samples", **body)
        assert (code(result), "raises no" in result.finding.message.en) == ("contract.importer.raises", True)
        if read is refusing:
            assert outcome(ImporterContract, "damaged_files_never_raise", **body).outcome is LawOutcome.KEPT


def test_importers_are_told_what_they_are_asked_for():
    """Whatever is done to a sample, its name and record type stay; bytes are cut out, put in, and left out altogether."""
    seen = []

    def read(data, context):
        assert (context.path.name, context.kind) in {("a.x", "organisation"), ("a.x", None)}
        seen.append((len(data), context.kind))
        names = dict.fromkeys(n for n in data.decode("utf-8", "replace").split("\n")[:-1] if n.isalpha())
        records = [kepu.Organisation(id=f"o-{n}", name=n, kind="association") for n in names if len(n) < 99]
        return kepu.ImportResult(records=records, findings=[REFUSED.finding(place=kepu.Place(file="a.x"))])

    body = {"importer": importer(read), "samples": [Sample(name="a.x", data=b"one\ntwo\n", kind="organisation")]}
    for law in ("damaged_files_never_raise", "a_cut_off_file_invents_nothing", "is_the_same_again"):
        result = outcome(ImporterContract, law, **body)
        assert result.outcome is LawOutcome.KEPT, str(result.finding)
        if law != "damaged_files_never_raise":
            assert {kind for _, kind in seen} == {"organisation"}
        else:
            assert {0, 8} < {size for size, _ in seen}
            assert min(size for size, _ in seen if size) < 8 < max(size for size, _ in seen)
        seen.clear()


def test_laws_of_importers_that_need_something_ask_for_it():
    """Without an exporter there is no round trip, and without samples nothing to cut off."""
    for law, reason in (
        ("round_trip", "exporter"),
        ("a_cut_off_file_invents_nothing", "samples"),
        ("is_the_same_again", "samples"),
    ):
        result = outcome(ImporterContract, law, importer=importer(refusing))
        assert (result.outcome, reason in result.reason) == (LawOutcome.SKIPPED, True)
