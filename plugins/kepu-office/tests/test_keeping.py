"""Parts of stored records whose sheet lacks a column: what is not spoken of stays, and where that cannot be, it is told."""

import datetime as dt

import pytest
from faulty_sheets import GOOD, HEAD
from office_kit import book
from test_workspace import TITLES, manager, put, ws

import kepu_core as kepu

__all__ = ["manager", "put", "ws"]

HEADER = ["所属科普教育基地", "称号", "级别"]
SINCE, BATCH, IDENT = "有效期起", "批次", "标识"
ROW = ["甲馆", "省级基地", "省级"]
DAYS = (dt.date(2018, 1, 1), dt.date(2021, 1, 1))


def title(ident, **more):
    """A title; all of them are the same in what must be given."""
    return kepu.Designation(id=ident, title="省级基地", level="provincial", **more)


@pytest.fixture
def stored(ws):
    """Puts a base with some titles, and gives its titles as they are now."""

    def run(*titles):
        if titles:
            ws.put(kepu.Base(id="a", name="甲馆", kind="venue", region="440300", designations=titles))
        return ws.get(kepu.Base, "a").designations

    return run


def sheets(*parts):
    """The base, and sheets of its titles: each a header and rows."""
    return book(("科普教育基地", [HEAD, GOOD]), *((f"{TITLES}{n or ''}", list(rows)) for n, rows in enumerate(parts)))


def told(report):
    return [(f.code, f.place.sheet, f.place.cell) for f in report.findings if f.severity is kepu.Severity.ERROR]


def test_of_two_sheets_each_clears_only_what_it_has(put, ws, stored):
    """A column of one sheet of titles clears nothing for the rows of another that has it not."""
    others = [
        kepu.Designation(id=f"d{n}", title=f"称号{n}", level="provincial", batch=f"第{n}批", valid_from=DAYS[0])
        for n in (1, 2)
    ]
    stored(*others)
    rows = ["甲馆", "称号1", "省级", None], ["甲馆", "称号2", "省级", None]
    report = put(sheets(([*HEADER, SINCE], rows[0]), ([*HEADER, BATCH], rows[1])))
    assert report.ok, report
    assert [(d.id, d.batch, d.valid_from) for d in stored()] == [("d1", "第1批", None), ("d2", None, DAYS[0])]


def test_parts_that_are_the_same_are_told_apart_by_what_else_the_sheet_says(put, stored):
    """In whichever order they stand; what is new among them gets nothing, and an id of its own."""
    one, two = title("d1", batch="第一批", valid_from=DAYS[0]), title("d2", batch="第二批", valid_from=DAYS[1])
    stored(one, two)
    new = dt.date(2024, 1, 1)
    rows = [[*ROW, day] for day in (new, DAYS[1], DAYS[0])]
    report = put(sheets(([*HEADER, SINCE], *rows)))
    assert report.ok, report
    third, *rest = stored()
    assert rest == [two, one]
    assert (third.valid_from, third.batch) == (new, None)
    assert put(sheets(([*HEADER, SINCE], *rows)), "again.xlsx").unchanged == 1


def test_what_cannot_be_told_apart_is_told_and_nothing_is_lost(put, stored):
    """Two titles of which the sheet says the same, one of which has more: both rows are faults, the record stays."""
    both = title("d1", batch="第一批"), title("d2")
    stored(*both)
    report = put(sheets((HEADER, ROW, ROW)))
    assert told(report) == [("office.cannot-keep", TITLES, "A2"), ("office.cannot-keep", TITLES, "A3")]
    assert not report.ok
    assert stored() == both
    message = next(f for f in report.findings if f.code == "office.cannot-keep").message
    assert BATCH in message.zh
    assert stored() == both
    part = put(sheets((HEADER, ROW, ROW)), "b.xlsx", partial=True)
    assert (part.ok, part.commit) == (False, None)


@pytest.mark.parametrize(
    ("head", "rows"),
    [
        ([*HEADER, IDENT], [[*ROW, "d2"], [*ROW, "d1"]]),
        ([*HEADER, BATCH], [[*ROW, None], [*ROW, "第一批"]]),
    ],
)  # fmt: skip
def test_the_mends_that_are_named_do_help(put, stored, head, rows):
    """Ids, or the columns that were missing."""
    both = title("d1", batch="第一批"), title("d2")
    stored(*both)
    assert put(sheets((head, *rows))).ok
    assert stored() == both[::-1]


def test_one_more_than_there_was_is_told_if_something_might_be_given_to_the_wrong_one(put, stored):
    """One stored title with a batch, two rows: which of them it is, the sheet does not say."""
    stored(title("d1", batch="第一批"))
    assert {f[0] for f in told(put(sheets((HEADER, ROW, ROW))))} == {"office.cannot-keep"}


def test_equal_parts_with_nothing_else_are_no_fault(put, stored):
    """Where nothing could be lost nothing is told: all that is kept is the same, or there is none."""
    both = title("d1", batch="第一批"), title("d2", batch="第一批")
    stored(*both)
    assert put(sheets((HEADER, ROW, ROW))).ok
    assert stored() == both
    plain = title("d1"), title("d2")
    stored(*plain)
    assert put(sheets((HEADER, ROW, ROW, ROW)), "b.xlsx").ok
    assert stored()[:2] == plain
    assert len({d.id for d in stored()}) == 3


def test_events_are_something_that_may_be_lost(put, stored):
    """Lists without a sheet count as what would be kept."""
    steps = (kepu.DesignationStep(event="designated", on=DAYS[0]),)
    both = title("d1", steps=steps), title("d2")
    stored(*both)
    report = put(sheets((HEADER, ROW, ROW)))
    assert {f[0] for f in told(report)} == {"office.cannot-keep"}
    assert "经过" in next(f for f in report.findings if f.code == "office.cannot-keep").message.zh
    assert stored() == both


UNITS = ["所属活动", "单位", "角色"]


@pytest.mark.parametrize(("other", "code"), [("某局", None), ("某科协", "office.cannot-keep")])
def test_parts_without_ids(put, ws, other, code):
    """Units that take part in a campaign keep their organisation, unless two of them are called the same."""
    ws.put(kepu.Organisation(id="o", name="某科协总会", kind="association"))
    units = tuple(kepu.CampaignUnit(name=n, role="host", organisation=o) for n, o in (("某科协", "o"), (other, None)))
    campaign = kepu.Campaign(id="c", name="科普日", kind="science_day", period="2021", units=units)
    ws.put(campaign)
    role = kepu.CampaignRole.HOST.label.zh
    rows = [["科普日", u.name, role] for u in units[::-1]]
    sheet = book(
        ("活动", [["名称", "类别", "年度"], ["科普日", "science_day", "2021"]]), ("活动·参与单位", [UNITS, *rows])
    )
    report = put(sheet)
    assert {f[0] for f in told(report)} == ({code} if code else set()), report
    assert ws.get(kepu.Campaign, "c").units == (units if code else units[::-1])
