"""Faulty sheets, each with what is said of it: tested, and rendered as a page of the reference."""

import datetime as dt
import io
import zipfile

import attrs
import openpyxl
from office_kit import book, read, saved

import kepu_core as kepu

HEAD = ["名称", "类别", "所在地区", "展厅面积（平方米）", "开放日期", "联系人·姓名", "联系电话"]
GOOD = ["甲馆", "科普场馆", "深圳市", 1200, dt.date(2021, 5, 3), "张三", "020-83561234"]
REPORT = ["基地", "报告期", "接待人次", "开放天数", "展项更新率"]


@attrs.frozen
class Case:
    """A sheet and what is found in it: the code and the cell, and what else is said to the reader."""

    title: kepu.Text
    data: bytes
    code: str
    cell: str | None
    options: dict = attrs.field(factory=dict)
    name: str = "returns.xlsx"


def row(**changes):
    """A good row with some cells changed, by column number from 0 (``c3=…``)."""
    return [changes.get(f"c{n}", value) for n, value in enumerate(GOOD)]


def bases(*rows, head=HEAD, prepare=None):
    """A sheet of bases."""
    return book(("科普教育基地", [head, *rows]), prepare=prepare)


def reports(*rows, head=REPORT, titles=(), prepare=None):
    """A sheet of reports."""
    return book(("基地年度报告", [*titles, head, *rows]), prepare=prepare)


def _error(name, text):
    def prepare(made):
        cell = made.worksheets[0][name]
        cell.value, cell.data_type = text, "e"

    return prepare


def _formula(name):
    def prepare(made):
        made.worksheets[0][name] = "=1+1"

    return prepare


def _merge(area):
    return lambda made: made.worksheets[0].merge_cells(area)


def _cell(zh, en, column, value, code):
    """A case of one faulty cell in a row of a base."""
    letter = "ABCDEFG"[column]
    return Case(kepu.Text(zh, en), bases(row(**{f"c{column}": value})), code, f"{letter}2")


def _report(zh, en, column, value, code, **more):
    values = ["base-1", "2021", 100, 300, 50]
    values[column] = value
    return Case(kepu.Text(zh, en), reports(values, **more), code, f"{'ABCDE'[column]}2")


def _not_zip():
    return b"PK\x03\x04" + b"x" * 50


def _zip_without_workbook():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("hello.txt", "x")
    return out.getvalue()


def _hidden():
    made = openpyxl.load_workbook(io.BytesIO(bases(GOOD)))
    sheet = made.create_sheet("旧数据")
    sheet.append(HEAD)
    sheet.append(GOOD)
    sheet.sheet_state = "hidden"
    return saved(made)


def _reviewed():
    made = openpyxl.load_workbook(
        io.BytesIO(book(("任务", [["标识", "确认", "任务"], ["t1", "已核对", "办好科普日"]])))
    )
    sheet = made.create_sheet("_kepu")
    sheet["A1"] = "kepu-gongwen review 1"
    sheet.sheet_state = "veryHidden"
    return saved(made)


OLE = bytes.fromhex("d0cf11e0a1b11ae1")
T = kepu.Text
CASES = [
    _cell("名称没有填", "the name is left blank", 0, None, "office.missing"),
    _cell("类别不在列表中", "a kind that there is not", 1, "飞船", "office.cell"),
    _cell("地区写错", "a region misspelt", 2, "深训市", "office.region"),
    _cell("地区有重名", "a region of which there are two", 2, "南山区", "office.ambiguous-name"),
    _cell("面积是约数", "an area that is only roughly known", 3, "约300", "office.approximate"),
    _cell("面积是区间", "an area given as a range", 3, "100-200", "office.approximate"),
    _cell("单位不同", "an area in another unit", 3, "12亩", "office.cell-unit"),
    _cell("面积不是数", "an area that is no number", 3, "很大", "office.cell"),
    _cell("千分位写错", "a thousands separator at the wrong place", 3, "1,23", "office.cell"),
    _cell("面积为负", "a negative area", 3, -5, "field.too-small"),
    _cell("面积填成日期", "a date where an area should be", 3, dt.date(2021, 1, 2), "office.cell"),
    _cell("日期只到月", "a date without its day", 4, "2021年5月", "office.no-day"),
    _cell("日期没有年份", "a date without its year", 4, "5月3日", "office.no-year"),
    _cell("年份只有两位", "a year of two digits", 4, "21.5.3", "office.ambiguous-date"),
    _cell("没有这一天", "a day that there is not", 4, "2021-02-30", "office.cell"),
    _cell("日期是别的文字", "a date in words", 4, "去年秋天", "office.cell"),
    _cell("电话不是号码", "a phone number that is none", 6, "见附件", "field.phone"),
    _cell("号码被当作数值", "a number of which digits were lost", 6, 91440300708461136, "office.digits-lost"),
    _cell("有电话没有姓名", "a phone number without a name", 5, None, "office.missing"),
    Case(T("公式出错", "a formula that has failed"), bases(GOOD, prepare=_error("D2", "#REF!")), "office.error-value", "D2"),
    Case(
        T("公式没有计算", "a formula that was never computed"),
        bases(GOOD, prepare=_formula("D2")), "office.formula-not-computed", "D2",
    ),
    Case(
        T("几行共用一个合并的数", "one number merged over several rows"),
        bases(GOOD, row(c0="乙馆", c3=None), prepare=_merge("D2:D3")), "office.merged-number", "D2",
    ),
    Case(T("缺少必填的列", "a required column is missing"), bases(row()[:2] + row()[3:], head=HEAD[:2] + HEAD[3:]),
         "office.missing-column", "A1"),
    Case(T("同一列出现两次", "the same column twice"), bases([*GOOD, "乙"], head=[*HEAD, "名称"]), "office.column-twice", "H1"),
    Case(T("表头的单位不对", "a header in another unit"), bases(GOOD, head=[h.replace("平方米", "亩") for h in HEAD]),
         "office.unit", "D1"),
    Case(T("表头之上写着另一种单位", "another unit above the header"), book(
        ("科普教育基地", [["单位：亩"], [h.replace("（平方米）", "") for h in HEAD], GOOD]),
    ), "office.title-unit", "A1"),
    Case(T("表头之上写着几个单位", "several units above the header"), book(
        ("观测值", [["单位：人、万元"], ["指标", "对象", "统计期", "数值", "单位"], ["budget", "440300", "2021", 3, None]]),
    ), "office.cell-unit", "D3"),
    Case(T("同一单位报了两次，数不同", "one base twice, with different figures"), bases(GOOD, row(c3=900)), "office.twice", "A3"),
    Case(T("没有表头", "no header"), book(("Sheet1", [GOOD, GOOD])), "office.no-header", None),
    Case(T("看不出是哪种记录", "which record it is cannot be told"), book(("Sheet1", [HEAD[:3], GOOD[:3]])), "office.kind", "A1"),
    Case(T("命名所属的基地不在表中", "a designation of a base that is not there"), book(
        ("科普教育基地", [HEAD, GOOD]),
        ("科普教育基地·命名", [["所属科普教育基地", "称号", "级别"], ["乙馆", "省级基地", "省级"]]),
    ), "office.unknown-parent", "A2"),
    Case(T("命名没有写所属基地", "a designation of no base"), book(
        ("科普教育基地", [HEAD, GOOD]),
        ("科普教育基地·命名", [["所属科普教育基地", "称号", "级别"], [None, "省级基地", "省级"]]),
    ), "office.missing", "A2"),
    Case(T("有效期止早于起", "a title that ends before it begins"), book(
        ("科普教育基地", [HEAD, GOOD]),
        ("科普教育基地·命名", [["所属科普教育基地", "称号", "级别", "有效期起", "有效期止"],
                        ["甲馆", "省级基地", "省级", "2021-01-01", "2020-01-01"]]),
    ), "designation.validity", "E2"),
    Case(T("数据的对象写错", "a figure of a city that is misspelt"), book(
        ("观测值", [["指标", "对象", "统计期", "数值"], ["visits", "深训市", "2021", 3]]),
    ), "office.subject", "B2"),
    Case(T("万元计的数为负", "a negative number of 万元"), reports(
        ["base-1", "2021", -3], head=["基地", "报告期", "经费支出（万元）"],
    ), "field.too-small", "C2"),
    _report("统计期无法识别", "a period that cannot be read", 1, "当年", "office.cell"),
    _report("统计期像是月份又像小数", "a period that may be a month or a decimal", 1, 2021.1, "office.cell"),
    _report("人次不是整数", "half a visitor", 2, 12.5, "office.cell"),
    _report("开放天数超过一年", "more days than a year has", 3, 400, "field.too-large"),
    _report("比率超过 100%", "a share above 100 %", 4, "120%", "field.too-large"),
    _report("基地名称中有空格，又不存在", "a base that nobody knows", 0, "某 馆", "office.unknown-name"),
    Case(T("免费人次多于总人次", "more free visits than visits"),
         reports(["base-1", "2021", 100, 200], head=["基地", "报告期", "接待人次", "免费接待人次"]), "base_report.free-visits", "D2"),
    Case(T("旧格式", "the old format"), OLE + b"\0" * 600, "office.xls", None, name="returns.xls"),
    Case(T("有密码", "protected by a password"), OLE + "EncryptedPackage".encode("utf-16-le"), "office.encrypted", None),
    Case(T("网页改了后缀", "a web page under another name"), b"<html><table><tr><td>1</td></tr></table></html>",
         "office.not-a-workbook", None, name="returns.xls"),
    Case(T("空文件", "an empty file"), b"", "office.not-a-workbook", None),
    Case(T("损坏的文件", "a damaged file"), _not_zip(), "office.damaged", None),
    Case(T("压缩包里没有工作簿", "an archive without a workbook"), _zip_without_workbook(), "office.not-a-workbook", None),
    Case(T("供核对的文件没有用 --format 导入", "a reviewed plan that is imported as a sheet"), _reviewed(),
         "office.reviewed", None),
    Case(T("没有这种记录类型", "a record type that there is not"), bases(GOOD), "office.unknown-type", None, {"kind": "bases"}),
    Case(T("对应表指向不存在的字段", "a mapping to a field that there is not"), bases(GOOD), "office.mapping-file", "A1",
         {"mapping": '[[table]]\ntype = "base"\n[table.columns]\n"名称" = "nome"'}),
    Case(T("对应表里的列不存在", "a mapping of a column that there is not"), bases(GOOD), "office.mapped-column", None,
         {"mapping": '[[table]]\ntype = "base"\n[table.columns]\n"馆名" = "name"'}),
]  # fmt: skip

NOTES = [
    Case(T("表头之上写着的单位不属于任何一列", "a unit above the header that is that of no column"), reports(
        ["base-1", "2021", 100, 300, 50], head=REPORT, titles=[["单位：粒"]],
    ), "office.title-unit", "A1"),
    Case(T("合计行", "a row of totals"), bases(GOOD, ["合计", None, None, 1200]), "office.total-row", "A3"),
    Case(T("表下的注", "a remark below the table"), bases(GOOD, ["注：数据截至年底"]), "office.note-row", "A3"),
    Case(T("填表人", "who filled it in"), bases(GOOD, ["填表人：张三", None, "填表日期：2021-12-01"]), "office.note-row", "A3"),
    Case(T("分组的小标题", "headings of groups"), bases(
        ["一、珠三角"], GOOD, ["二、粤东"], row(c0="乙馆"),
    ), "office.group-rows", "A2"),
    Case(T("重复的表头", "the header once more"), bases(GOOD, HEAD, row(c0="乙馆")), "office.header-again", "A3"),
    Case(T("无按未填处理", "“none” is not zero"), bases(row(c3="无")), "office.treated-as-blank", "D2"),
    Case(T("日期序号", "a serial number of a day"), bases(row(c4=44319)), "office.serial-date", "E2"),
    Case(T("未知的列", "a column that is no field"), bases([*GOOD, "x"], head=[*HEAD, "星级评定情况"]), "office.unknown-column", "H1"),
    Case(T("完全相同的两行", "two rows that are the same"), bases(GOOD, GOOD), "office.same-row", "A3"),
    Case(T("隐藏的工作表", "a hidden sheet"), _hidden(), "office.hidden-sheet", None),
    Case(T("只有表头", "nothing but a header"), bases(), "office.empty", None),
]  # fmt: skip


def found(case):
    """What is found in a case."""
    options = dict(case.options)
    mapping = options.pop("mapping", None)
    if mapping is not None:
        from kepu_office import mapping_from_toml

        options["options"] = {"mapping": mapping_from_toml(mapping)}
    return read(case.data, case.name, **options)


def page():
    """The page of the reference: each faulty sheet with what is said, in both languages."""
    lines = ["# Faulty sheets", "", "What is said of sheets as they come. Each line is tested.", ""]
    for heading, cases in (("## Faults", CASES), ("## What is told and does not stop an import", NOTES)):
        lines += [heading, ""]
        for case in cases:
            finding = next(f for f in found(case).findings if f.code == case.code)
            where = f" · {case.cell}" if case.cell else ""
            lines += [
                f"### {case.title.en} · {case.title.zh}",
                "",
                f"`{finding.code}`{where}",
                "",
                f"- {finding.message.zh} → {finding.mend.zh}",
                f"- {finding.message.en} → {finding.mend.en}",
                "",
            ]
    return "\n".join(lines)
