"""A scorecard as a workbook for auditors: figures, shares, points and totals, every step a formula of the one before.

Who changes a figure or a parameter sees what follows, in any spreadsheet and without this library. What no formula can
say is given as the engine computed it, coloured, and listed on the first sheet; the last column of the last sheet says
for every subject whether the formulas give what was published.
"""

import datetime as dt
from typing import BinaryIO

from attrs import frozen
from xlsxwriter.workbook import Workbook
from xlsxwriter.worksheet import Worksheet

from kepu_core import ExportContext, InvalidData, Problem, Scorecard, Text
from kepu_core.domain import ILLUSTRATIVE_NOTE
from kepu_office.report_book import opened
from kepu_office.report_cells import put, put_link, put_text
from kepu_office.report_styles import Styles
from kepu_office.report_texts import SheetNames, header_text
from kepu_office.scorecard_book_figures import write_figures, write_used
from kepu_office.scorecard_book_sheets import Address, Panel, Parameters, look
from kepu_office.scorecard_book_totals import SAME, write_totals
from kepu_office.scorecard_book_tree import write_tree
from kepu_office.scorecard_book_work import Work, order_of

__all__ = ["write_scorecard"]

MOST_CELLS = 1_000_000
"""More formulas than that no spreadsheet opens in reasonable time."""

TOO_LARGE = Problem(
    "office.scorecard-too-large",
    Text(
        "{subjects} 个对象、{nodes} 项指标需要约 {cells} 个公式，表格软件打不开",
        "{subjects} subjects and {nodes} criteria would need some {cells} formulas: no spreadsheet opens that",
    ),
    Text(
        "改用 report-xlsx（无公式）或 scorecard-csv",
        "export with report-xlsx (without formulas) or scorecard-csv instead",
    ),
)


@frozen(kw_only=True)
class _Part:
    """One sheet: its name and what it says of itself."""

    name: Text
    intro: Text


_ABOUT = Text("说明", "Notes")
_PARAMETERS = _Part(
    name=Text("参数", "Parameters"),
    intro=Text("规则、加减分、否决、等次和取整的参数；可改动试算", "what rules, caps, vetoes and grades go by; change them to see what follows"),
)  # fmt: skip
_PANELS = {
    "figures": _Part(
        name=Text("数据", "Figures"),
        intro=Text("各数据项的报送值；没有数值的写明原因", "every figure as reported, or why there is none"),
    ),
    "used": _Part(
        name=Text("采用值", "Used"),
        intro=Text("计分所用的数值：由数据换算，或缺报处理所得", "what is scored: made from the figures, or filled in"),
    ),
    "shares": _Part(
        name=Text("得分率", "Shares"),
        intro=Text("按规则和参数算出的得分率，逐级合成", "shares by rule and parameters, up the tree"),
    ),
    "points": _Part(name=Text("得分", "Points"), intro=Text("得分 = 得分率 × 满分", "points = share × full points")),
    "totals": _Part(
        name=Text("总分", "Totals"),
        intro=Text("加减分、否决、取整、排名、等次，并与公布结果核对", "adjustments, vetoes, rounding, ranks, grades, and the check against what was published"),
    ),
}  # fmt: skip
_FACTS = (
    ("scheme", Text("指标体系", "scheme")),
    ("scheme_digest", Text("体系摘要", "scheme digest")),
    ("data_digest", Text("数据摘要", "data digest")),
    ("engine_version", Text("引擎版本", "engine version")),
)
_LEGEND = (
    ("figure", Text("蓝字：报送的数据和体系的参数", "blue: what was reported, and the parameters of the scheme")),
    ("formula", Text("黑字：公式，改动数据或参数后随之重算", "black: formulas, which follow every change")),
    ("engine", Text("橙底：引擎给出的数值，不是公式", "orange: values of the engine, no formulas")),
)


def write_scorecard(card: Scorecard, out: BinaryIO, context: ExportContext) -> None:
    """Write a scorecard as ``.xlsx`` with live formulas, in the language of the moment.

    Raises :class:`InvalidData` (``office.scorecard-too-large``) where no spreadsheet could open the result.
    """
    nodes = list(card.scheme.root.walk())
    cells = len(card) * (4 * len(nodes) + len(card.scheme.metrics()) + 20)
    if cells > MOST_CELLS:
        record = f"scheme/{card.scheme.id}"
        raise InvalidData(TOO_LARGE.finding(record=record, subjects=len(card), nodes=len(nodes), cells=cells))
    title = str(Text(card.scheme.title, card.scheme.title_en or card.scheme.title))
    with opened(out, title, context.generated_at, cells=0) as book:
        about, work = _begun(book, card)
        write_figures(work)
        write_used(work)
        write_tree(work)
        check = write_totals(work)
        _about(about, work, title, check, context.generated_at)


def _begun(book: Workbook, card: Scorecard) -> tuple[Worksheet, Work]:
    """All sheets in order, with titles and subjects."""
    names, styles, order = SheetNames(), Styles(book), order_of(card)
    about = book.add_worksheet(names.take(str(_ABOUT)))
    panels = {
        key: Panel(book.add_worksheet(names.take(str(part.name))), styles, len(order.positions))
        for key, part in _PANELS.items()
    }
    parameters = Parameters(book.add_worksheet(names.take(str(_PARAMETERS.name))), styles)
    parameters.begin(str(_PARAMETERS.name), about.name)
    subjects = [(card.subjects[p], card.names.get(card.subjects[p], card.subjects[p])) for p in order.positions]
    note = str(ILLUSTRATIVE_NOTE) if card.illustrative else ""
    for key, panel in panels.items():
        panel.begin(str(_PANELS[key].name), str(_PANELS[key].intro), subjects, about.name, note)
    work = Work(
        card=card,
        order=order,
        styles=styles,
        parameters=parameters,
        figures=panels["figures"],
        used=panels["used"],
        shares=panels["shares"],
        points=panels["points"],
        totals=panels["totals"],
    )
    return about, work


def _about(sheet: Worksheet, work: Work, title: str, check: Address, generated_at: dt.datetime | None) -> None:
    """The first sheet: what this is, whether all is the same, the way to every sheet, and what is no formula."""
    styles, card = work.styles, work.card
    put_text(sheet, 0, 0, title, styles.named("big"))
    put_text(sheet, 1, 0, card.period_text, styles.named("title"))
    if card.illustrative:
        put_text(sheet, 2, 0, str(ILLUSTRATIVE_NOTE), styles.named("warning"))
    put_text(sheet, 4, 0, str(Text("重算与公布一致", "recomputed as published")), styles.named("head"))
    same = f'COUNTIF({check.span()},"{SAME}")&" / "&ROWS({check.span()})'
    count = len(work.order.positions)
    sheet.write_formula(4, 1, f"={same}", look(styles, "check"), f"{count} / {count}")
    row = _facts(sheet, 5, work, generated_at)
    row = _contents(sheet, row + 1, work)
    for kind, text in _LEGEND:
        put_text(sheet, row, 0, str(text), look(styles, kind))
        row += 1
    _given(sheet, row + 1, work)
    for column, width in enumerate((44, 70)):
        sheet.set_column(column, column, width)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_header(f"&C{header_text(title)}")
    sheet.activate()


def _facts(sheet: Worksheet, row: int, work: Work, generated_at: dt.datetime | None) -> int:
    card, styles = work.card, work.styles
    told = {
        "scheme": card.scheme.id,
        "scheme_digest": card.scheme_digest,
        "data_digest": card.data_digest,
        "engine_version": card.engine_version,
    }
    for key, label in _FACTS:
        if told[key]:
            put_text(sheet, row, 0, str(label), styles.named("head"))
            put(sheet, row, 1, told[key], styles.look())
            row += 1
    if generated_at is not None:
        put_text(sheet, row, 0, str(Text("生成时间", "generated at")), styles.named("head"))
        put(sheet, row, 1, generated_at, styles.look())
        row += 1
    return row


def _contents(sheet: Worksheet, row: int, work: Work) -> int:
    styles = work.styles
    names = {key: getattr(work, key).name for key in _PANELS} | {"parameters": str(work.parameters.sheet.name)}
    for key, part in {**_PANELS, "parameters": _PARAMETERS}.items():
        put_link(sheet, row, 0, names[key], str(part.name), styles.named("link"))
        put_text(sheet, row, 1, str(part.intro), styles.named("quiet"))
        row += 1
    return row + 1


def _given(sheet: Worksheet, row: int, work: Work) -> None:
    """What no formula gives, and why."""
    styles = work.styles
    if not work.given:
        put_text(
            sheet, row, 0, str(Text("全部由公式算出。", "Everything is computed by formulas.")), styles.named("strong")
        )
        return
    heading = Text("由引擎给出、没有公式的内容：", "Given by the engine, not by formulas:")
    put_text(sheet, row, 0, str(heading), styles.named("strong"))
    for number, given in enumerate(work.given, row + 1):
        put_text(sheet, number, 0, given.what, look(styles, "engine"))
        put_text(sheet, number, 1, given.why, look(styles, "formula"))
