"""What a template says of its columns: headers, comments, messages beside the cell, and the sheet of instructions."""

from collections.abc import Mapping, Sequence

from kepu_core import Form, Text
from kepu_core.domain import info_of
from kepu_office.headers import may_be_derived
from kepu_office.shapes import Column, Kind, Shape
from kepu_office.values import expected_of

__all__ = ["comment_of", "example_of", "header_of", "instructions_of", "message_of"]

_LONGEST_TITLE, _LONGEST_MESSAGE = 32, 255
_EXAMPLES: Mapping[Form, str] = {
    Form.REGION_CODE: "440300 深圳市",
    Form.PERIOD: "2021",
    Form.USCC: "91440300708461136T",
    Form.DOCUMENT_NUMBER: "粤科协办发〔2021〕21号",
    Form.PHONE: "020-83561234",
    Form.URL: "https://example.org/",
}
_BY_KIND: Mapping[Kind, str] = {
    Kind.WHOLE: "12",
    Kind.NUMBER: "12.5",
    Kind.TRUTH: "是",
    Kind.DATE: "2021-05-03",
    Kind.TIME: "2021-05-03 09:00",
    Kind.BREAKDOWN: "sex=female",
}


def header_of(column: Column, *, required: bool) -> str:
    """The header of a column: its label, its unit, and a star if it must be filled in."""
    unit = f"（{column.unit}）" if column.unit else ""
    return f"{column.label}{unit}{'*' if required else ''}"


def example_of(column: Column) -> str:
    """What a cell may look like; empty where nothing general can be said."""
    if column.choice is not None:
        from kepu_office.cells import choice_text  # noqa: PLC0415 - reads what this room writes

        return choice_text(next(iter(column.choice)))
    if column.is_subject:
        return _EXAMPLES[Form.REGION_CODE]
    if column.form is not None and column.form in _EXAMPLES:
        return _EXAMPLES[column.form]
    return _BY_KIND.get(column.kind, "")


def _facts(column: Column, shape: Shape) -> list[str]:
    """Everything that is known of a column, a sentence each."""
    derived = may_be_derived(column, shape)
    info = column.spec.info
    told = [Text("填写：{e}", "takes {e}").format(e=expected_of(column))]
    if column.several:
        told.append(Text("可填多项，用“；”隔开", "several may be given, with ； between them"))
    if info.unit:
        told.append(Text("单位：{u}，只填数字", "in {u}; give the number alone").format(u=info.unit))
    if info.ge is not None or info.le is not None:
        low, high = ("—" if v is None else f"{v:g}" for v in (info.ge, info.le))
        told.append(Text("范围：{l} 至 {h}", "from {l} to {h}").format(l=low, h=high))
    if info.ref and info.ref != "region":
        told.append(Text("填名称或标识", "give a name or an id"))
    if derived:
        told.append(Text("可不填：按名称等自动编定", "may be left blank: it follows from the other columns"))
    elif column.required:
        told.append(Text("必填", "must be filled in"))
    else:
        told.append(Text("没有就留空，不要填 0", "leave it blank if there is none; do not write 0"))
    if column.personal:
        told.append(Text("个人信息：只填必要的", "personal data: give what is necessary only"))
    return [str(t) for t in told]


def comment_of(column: Column, shape: Shape) -> str:
    """The comment at a header."""
    example = example_of(column)
    lines = [str(column.label), *_facts(column, shape)]
    return "\n".join([*lines, str(Text(f"例：{example}", f"example: {example}"))] if example else lines)


def message_of(column: Column, shape: Shape) -> tuple[str, str]:
    """Title and text of the message beside a cell, as long as a spreadsheet takes them."""
    text = str(Text("；", "; ")).join(_facts(column, shape))
    return _cut(str(column.label), _LONGEST_TITLE), _cut(text, _LONGEST_MESSAGE)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def instructions_of(sheets: Sequence[tuple[Shape, str]]) -> tuple[str, list[str], list[list[str]]]:
    """The sheet of instructions: a heading, some sentences, and a table with a line for each column."""
    intro = [
        Text(
            "每行填一条；第一行是表头，不要改动。",
            "One record in each row; the first row is the header: leave it as it is.",
        ),
        Text("绿色的列必填，蓝色的列可以不填。", "Green columns must be filled in, blue ones may be left blank."),
        Text("没有数据就留空；零要填 0。", "Leave blank what is not known; write 0 for zero."),
        Text(
            "“所属…”列填所属记录的名称或标识。",
            "In the columns that say what a row belongs to, give the name or id of that record.",
        ),
    ]
    head = [Text("工作表", "sheet"), Text("列", "column"), Text("必填", "required"), Text("填写内容", "what it takes"),
            Text("例", "example")]  # fmt: skip
    table = [[str(h) for h in head]]
    yes = str(Text("是", "yes"))
    for shape, name in sheets:
        first = info_of(shape.cls).label
        table += [[name, str(owner), yes, str(Text(f"{first.zh}的名称或标识", f"name or id: {first.en}")), ""]
                  for owner in shape.owners]  # fmt: skip
        for column in shape.columns:
            must = column.required and not may_be_derived(column, shape)
            facts = str(Text("；", "; ")).join(_facts(column, shape))
            table.append([name, header_of(column, required=must), yes if must else "", facts, example_of(column)])
    return str(Text("填表说明", "How to fill it in")), [str(t) for t in intro], table
