"""What the codec takes and what it refuses, written down: one row per trap.

Every row is checked on both paths by ``test_accept_reject.py``. Run as a program, this module prints the table
for the documentation: ``python tests/codec/accept_reject.py > docs/reference/accept-reject.md``.
"""

import datetime as dt
from collections.abc import Mapping

from attrs import frozen

from kepu_core.codec import Codec, RecordType
from kepu_core.domain.enums import LabelledEnum
from kepu_core.domain.fields import field
from kepu_core.domain.forms import Form
from kepu_core.domain.frozen import FrozenDict
from kepu_core.domain.record import part, record

__all__ = ["CODEC", "ROWS", "Row", "page", "sample"]


class Colour(LabelledEnum):
    RED = "red", "红", "Red"
    BLUE = "blue", "蓝", "Blue"


@part("部分", "inner")
class Inner:
    flag: bool = field("标志", "flag", default=False)
    note: str | None = field("备注", "note", default=None)


@record("table.sample", "样例", "sample")
class Sample:
    id: str = field("标识", "id")
    text: str = field("文字", "text")
    count: int = field("个数", "count")
    amount: float = field("金额", "amount")
    yes: bool = field("是否", "yes")
    day: dt.date = field("日期", "day")
    moment: dt.datetime = field("时刻", "moment")
    colour: Colour = field("颜色", "colour")
    inner: Inner | None = field("部分", "inner", default=None)
    inners: tuple[Inner, ...] = field("各部分", "inners", default=())
    names: tuple[str, ...] = field("名称", "names", default=())
    maybe: int | None = field("或有", "maybe", default=None)
    link: str | None = field("网址", "link", default=None, form=Form.URL)


@record("table.open", "开放", "open")
class Open:
    id: str = field("标识", "id")
    params: Mapping[str, object] = field("参数", "params", default=FrozenDict())


CODEC = Codec([RecordType(Sample), RecordType(Open)])

_SAMPLE = {
    "amount": "2.5",
    "colour": '"red"',
    "count": "7",
    "day": '"2021-05-01"',
    "id": '"s1"',
    "inner": "null",
    "inners": "[]",
    "link": "null",
    "maybe": "null",
    "moment": '"2021-05-01T01:00:00Z"',
    "names": "[]",
    "text": '"科普"',
    "yes": "true",
}
_OPEN = {"id": '"o1"', "params": "{}"}
_DEFAULTS = {"table.sample": _SAMPLE, "table.open": _OPEN}


def sample(type_name="table.sample", *, without=(), reverse=False, **texts):
    """The JSON of a valid record, with the raw JSON text of some fields replaced or left out."""
    members = [f'"{k}":{v}' for k, v in {**_DEFAULTS[type_name], **texts}.items() if k not in without]
    return ("{" + ",".join(members[::-1] if reverse else members) + "}").encode()


@frozen(kw_only=True)
class Row:
    """One case: ``takes`` is what the field holds afterwards, or the code of the refusal.

    ``fast`` says whether the fast path must be able to prove it, where that matters for speed.
    """

    group: str
    shown: str
    data: bytes
    field: str | None = None
    takes: object = None
    code: str | None = None
    fast: bool | None = None
    why: str = ""
    type: str = "table.sample"


def _takes(group, field_name, raw, value, why="", *, fast=True, type_name="table.sample"):
    return Row(
        group=group,
        shown=f'"{field_name}": {raw}',
        data=sample(type_name, **{field_name: raw}),
        field=field_name,
        takes=value,
        fast=fast,
        why=why,
        type=type_name,
    )


def _refuses(group, field_name, raw, code="codec.type", why="", *, type_name="table.sample"):
    return Row(
        group=group,
        shown=f'"{field_name}": {raw}',
        data=sample(type_name, **{field_name: raw}),
        code=code,
        why=why,
        type=type_name,
    )


def _document(shown, data, *, code=None, why="", fast=None, group="Documents / 文档"):
    return Row(group=group, shown=shown, data=data, code=code, why=why, fast=fast)


_KEYS, _NUMBERS, _TEXTS = "Keys / 字段", "Numbers / 数", "Texts / 文字"
_TIMES, _KINDS, _OPEN_DATA = "Dates and times / 日期时间", "Other kinds / 其他", "Open data / 开放数据"
_UTC = dt.UTC
_ONE = dt.datetime(2021, 5, 1, 1, tzinfo=_UTC)
_DEEP = "[" * 50_000 + "]" * 50_000

ROWS = [
    _takes(_NUMBERS, "count", "7", 7),
    _takes(_NUMBERS, "count", "-0", 0, "one zero"),
    _takes(_NUMBERS, "count", "9223372036854775807", 2**63 - 1, "the largest whole number"),
    _refuses(_NUMBERS, "count", "9223372036854775808", "field.too-large", "stores keep 64 bits"),
    _refuses(_NUMBERS, "count", "-9223372036854775809", "field.too-small"),
    _refuses(_NUMBERS, "count", "12345678901234567890123", "field.too-large", "orjson would make it a decimal"),
    _refuses(_NUMBERS, "count", "1" * 5000, "codec.not-json", "Python reads no number of over 4300 digits"),
    _refuses(_NUMBERS, "count", "true", why="cattrs would make it 1"),
    _refuses(_NUMBERS, "count", "5.0", why="cattrs would make it 5"),
    _refuses(_NUMBERS, "count", "5.7"),
    _refuses(_NUMBERS, "count", "1e2"),
    _refuses(_NUMBERS, "count", '"5"'),
    _refuses(_NUMBERS, "count", "null"),
    _refuses(_NUMBERS, "count", "05", "codec.not-json"),
    _refuses(_NUMBERS, "count", "+5", "codec.not-json"),
    _takes(_NUMBERS, "maybe", "null", None),
    _refuses(_NUMBERS, "maybe", "false"),
    _takes(_NUMBERS, "amount", "3", 3.0, "a whole number is a decimal, too"),
    _takes(_NUMBERS, "amount", "-0.0", 0.0, "one zero: written as 0.0"),
    _takes(_NUMBERS, "amount", "1e-400", 0.0, "too small to tell from zero"),
    _takes(_NUMBERS, "amount", "9007199254740993", 9007199254740992.0, "the nearest decimal"),
    _takes(_NUMBERS, "amount", "12345678901234567890123", 1.2345678901234568e22),
    _refuses(_NUMBERS, "amount", "1e400", why="infinite"),
    _refuses(_NUMBERS, "amount", "1" * 400, why="infinite"),
    _refuses(_NUMBERS, "amount", "NaN", "codec.not-json", "not JSON; written by some programs"),
    _refuses(_NUMBERS, "amount", "Infinity", "codec.not-json"),
    _refuses(_NUMBERS, "amount", "-Infinity", "codec.not-json"),
    _refuses(_NUMBERS, "amount", '"NaN"'),
    _refuses(_NUMBERS, "amount", '"2.5"'),
    _refuses(_NUMBERS, "amount", "true"),
    _refuses(_NUMBERS, "amount", "null"),
    _refuses(_NUMBERS, "amount", ".5", "codec.not-json"),
    _takes(_TEXTS, "text", '"\\u79d1\\u666e"', "科普", "escapes are read, never written"),
    _takes(_TEXTS, "text", '"a:b"', "a:b", "a colon in a text"),
    _takes(_TEXTS, "text", '"a\\u003ab"', "a:b", "a colon written as an escape", fast=False),
    _takes(_TEXTS, "text", '"a:\\\\u003a"', "a:\\u003a", "what looks like such an escape", fast=False),
    _takes(_TEXTS, "text", '"\\"a\\":1,"', '"a":1,', "a text that looks like a key"),
    _takes(_TEXTS, "text", '"\\ud83d\\ude00"', "😀", "a surrogate pair"),
    _takes(_TEXTS, "text", '" a "', " a ", "white space is kept"),
    _takes(_TEXTS, "text", '"\\u0000"', "\0", "a zero byte is a character"),
    _takes(_TEXTS, "link", '"https://a.cn/?x=1:2"', "https://a.cn/?x=1:2"),
    _takes(_TEXTS, "names", '["a:b","c"]', ("a:b", "c")),
    _refuses(_TEXTS, "text", '"\\ud800"', why="a lone surrogate cannot be written as UTF-8"),
    _refuses(_TEXTS, "text", '"\\ude00\\ud83d"', why="surrogates the wrong way round"),
    _refuses(_TEXTS, "text", '"a\nb"', "codec.not-json", "a raw line break in a text"),
    _refuses(_TEXTS, "text", '"\\q"', "codec.not-json"),
    _refuses(_TEXTS, "text", '""', "field.blank"),
    _refuses(_TEXTS, "text", '"\\u3000 "', "field.blank", "ideographic space"),
    _refuses(_TEXTS, "text", "5"),
    _refuses(_TEXTS, "text", "null", why='cattrs would make it "None"'),
    _refuses(_TEXTS, "text", "[]"),
    _refuses(_TEXTS, "id", '"a b"', "field.id"),
    _takes(_TIMES, "day", '"2021-05-01"', dt.date(2021, 5, 1)),
    _refuses(_TIMES, "day", '"20210501"', why="Python's fromisoformat takes it"),
    _refuses(_TIMES, "day", '"2021-W05-1"', why="Python's fromisoformat takes it"),
    _refuses(_TIMES, "day", '"2024-W05-1"'),
    _refuses(_TIMES, "day", '"20240102"'),
    _refuses(_TIMES, "day", '"2021-02-30"'),
    _refuses(_TIMES, "day", '"0000-01-01"'),
    _refuses(_TIMES, "day", '"2021-5-1"'),
    _refuses(_TIMES, "day", '"２０２１-05-01"', why="full-width digits"),
    _refuses(_TIMES, "day", '"2021-05-01T00:00:00Z"'),
    _refuses(_TIMES, "day", "1619827200"),
    _takes(_TIMES, "moment", '"2021-05-01T01:00:00Z"', _ONE),
    _takes(_TIMES, "moment", '"2021-05-01T09:00:00+08:00"', _ONE, "kept in UTC", fast=None),
    _takes(_TIMES, "moment", '"2021-05-01T09:00:00+0800"', _ONE, fast=None),
    _takes(_TIMES, "moment", '"2021-05-01t01:00:00z"', _ONE, "lower case is RFC 3339"),
    _takes(_TIMES, "moment", '"2021-05-01 01:00:00Z"', _ONE, "so is a space"),
    _takes(_TIMES, "moment", '"2021-05-01T01:00:00.0000004Z"', _ONE, "rounded to microseconds"),
    _takes(_TIMES, "moment", '"2021-05-01T01\\u003a00\\u003a00Z"', _ONE, "escaped colons", fast=None),
    _refuses(_TIMES, "moment", '"2021-05-01T09:00:00"', "field.type", "no time zone"),
    _refuses(_TIMES, "moment", '"2021-05-01T09:00Z"', why="no seconds"),
    _refuses(_TIMES, "moment", '"2021-05-01T09:00:00+08"'),
    _refuses(_TIMES, "moment", '"2021-05-01T24:00:00Z"'),
    _refuses(_TIMES, "moment", '"2021-05-01T23:59:60Z"', why="a leap second"),
    _refuses(_TIMES, "moment", '"0001-01-01T00:00:00+08:00"', "field.type", "before the year 1 in UTC"),
    _refuses(_TIMES, "moment", '"2021-05-01"'),
    _refuses(_TIMES, "moment", "1619827200"),
    _refuses(_KINDS, "yes", "1"),
    _refuses(_KINDS, "yes", '"false"', why="cattrs would make it true"),
    _refuses(_KINDS, "yes", "null"),
    _takes(_KINDS, "colour", '"blue"', Colour.BLUE),
    _refuses(_KINDS, "colour", '"蓝"', why="labels are for people; sheets take them"),
    _refuses(_KINDS, "colour", '"BLUE"'),
    _refuses(_KINDS, "colour", '"Blue"'),
    _refuses(_KINDS, "colour", "1"),
    _refuses(_KINDS, "colour", "null"),
    _refuses(_KINDS, "names", '"abc"', why="cattrs would make it three texts"),
    _refuses(_KINDS, "names", '{"a":1}'),
    _refuses(_KINDS, "names", "[1]"),
    _refuses(_KINDS, "names", "[null]"),
    _refuses(_KINDS, "names", '[""]', "field.blank"),
    _refuses(_KINDS, "names", "null"),
    _refuses(_KINDS, "inner", "[]"),
    _refuses(_KINDS, "inner", '"a"'),
    _refuses(_KINDS, "inners", '{"flag":true,"note":null}'),
    _takes(_KINDS, "inner", '{"flag":true,"note":null}', Inner(flag=True)),
    _takes(_KINDS, "inners", '[{"flag":false,"note":"a:b"}]', (Inner(note="a:b"),)),
    _takes(_KEYS, "inner", "{}", Inner(), "keys that have a default may be left out, at any depth", fast=False),
    _refuses(_KEYS, "inner", '{"flag":true,"note":null,"zz":1}', "codec.unknown-key", "at any depth"),
    _refuses(_KEYS, "inners", '[{"flag":true,"note":null,"":1}]', "codec.unknown-key", "an empty key"),
    _refuses(_KEYS, "inner", '{"flag":true,"zz":1}', "codec.unknown-key", "one left out, one too many"),
    _refuses(_KEYS, "inner", '{"flag":true,"note":null,"note":"x"}', "codec.repeated-key"),
    _refuses(_KEYS, "inner", '{"flag":true,"note":null,"n\\u006fte":"x"}', "codec.repeated-key", "written with an escape"),
    _document("every key, in another order", sample(reverse=True), fast=True, group=_KEYS),
    _document("a key written with an escape", sample().replace(b'"text"', b'"te\\u0078t"'), group=_KEYS),
    _document("white space around every colon", sample().replace(b'":', b'" \t\r\n: '), fast=True, group=_KEYS),
    _document("optional keys left out", sample(without=("maybe", "inner", "names", "link", "inners")), fast=False, group=_KEYS),
    _document("a required key left out", sample(without=("text",)), code="codec.missing-key", group=_KEYS),
    _document("an unknown key", sample(zz="1"), code="codec.unknown-key", group=_KEYS),
    _document(
        "an unknown key, and an optional one left out",
        sample(without=("maybe",), zz="1"),
        code="codec.unknown-key",
        why="the number of keys is right",
        group=_KEYS,
    ),
    _document(
        "an unknown key, and a colon hidden as \\u003a in a text",
        sample(text='"a\\u003ab"', zz="1"),
        code="codec.unknown-key",
        why="the number of colons is right",
        group=_KEYS,
    ),
    _document(
        "an unknown key, and a colon hidden as \\u003A in a text",
        sample(text='"a\\u003Ab"', zz="1"),
        code="codec.unknown-key",
        group=_KEYS,
    ),
    _document(
        "an unknown key, and the colons of a time hidden",
        sample(moment='"2021-05-01T01\\u003a00:00Z"', zz="1"),
        code="codec.unknown-key",
        why="the number of colons is right",
        group=_KEYS,
    ),
    _document("an unknown key that holds a deep object", sample(zz='{"a":{"b":[1,{"c":":"}]}}'), code="codec.unknown-key", group=_KEYS),
    _document("a repeated key", sample()[:-1] + b',"text":"x"}', code="codec.repeated-key", group=_KEYS),
    _document("a repeated key with the same value", sample()[:-1] + b',"yes":true}', code="codec.repeated-key", group=_KEYS),
    _document("an attribute of Python as a key", sample(__class__="1"), code="codec.unknown-key", group=_KEYS),
    _document("white space around the whole", b" \n" + sample() + b"\r\n\t ", fast=True),
    _document("a byte order mark", b"\xef\xbb\xbf" + sample(), code="codec.not-json", why="a document may begin with one, a record not"),
    _document("two records in a row", sample() * 2, code="codec.not-json"),
    _document("trailing garbage", sample() + b"x", code="codec.not-json"),
    _document("a trailing zero byte", sample() + b"\0", code="codec.not-json"),
    _document("a trailing comma", sample()[:-1] + b",}", code="codec.not-json"),
    _document("cut off", sample()[:-9], code="codec.not-json"),
    _document("nothing", b"", code="codec.not-json"),
    _document("null", b"null", code="codec.type"),
    _document("a list", b"[]", code="codec.type"),
    _document("comments", sample() + b"// x", code="codec.not-json"),
    _document("single quotes", sample().replace(b'"', b"'"), code="codec.not-json"),
    _document("UTF-16", sample().decode().encode("utf-16"), code="codec.not-utf8"),
    _document("GB 18030", sample().decode().encode("gb18030"), code="codec.not-utf8"),
    _document("bad UTF-8 in an unknown key", sample()[:-1] + b',"zz":"\xff"}', code="codec.not-utf8"),
    _document("an overlong colon", sample(text='"a@b"').replace(b"@", b"\xc0\xba"), code="codec.not-utf8"),
    _document("nested 50,000 deep", sample(zz=_DEEP), code="codec.too-deep"),
    _takes(
        _OPEN_DATA,
        "params",
        '{"b":[1,2.5,{"c":null}],"a":true}',
        FrozenDict({"a": True, "b": (1, 2.5, FrozenDict({"c": None}))}),
        fast=False,
        type_name="table.open",
    ),
    _takes(
        _OPEN_DATA, "params", '{"a":1.0,"b":-0.0}', FrozenDict({"a": 1, "b": 0}), "1.0 is 1", fast=False, type_name="table.open"
    ),
    _refuses(_OPEN_DATA, "params", '{"a":1e400}', type_name="table.open"),
    _refuses(_OPEN_DATA, "params", '{"a":18446744073709551616}', "field.type", type_name="table.open"),
    _refuses(_OPEN_DATA, "params", '{"a":"\\ud800"}', type_name="table.open"),
    _refuses(_OPEN_DATA, "params", '{"a":{"b":1,"b":2}}', "codec.repeated-key", type_name="table.open"),
    _refuses(_OPEN_DATA, "params", '{"a":' + "[" * 150 + "]" * 150 + "}", type_name="table.open"),
    _refuses(_OPEN_DATA, "params", "[]", type_name="table.open"),
    _refuses(_OPEN_DATA, "params", "null", type_name="table.open"),
]  # fmt: skip


def page():
    """The table as a page of the documentation."""
    lines = [
        "# What the codec takes and refuses",
        "",
        "Nothing is converted, nothing ignored: a value is of its declared type, a key is known and occurs once.",
        "Each row is a test (`tests/codec/accept_reject.py`), run on the fast and on the detailed path; this page is",
        "made from the rows. What is not JSON is refused as a whole; everything else is reported all at once.",
        "",
        "每一行都是一个测试，快速与详细两条路径结论一致；本页由测试数据生成。",
    ]
    group = None
    for row in ROWS:
        if row.group != group:
            group = row.group
            lines += ["", f"## {group}", "", "| input 输入 | verdict 结论 | remark 备注 |", "|---|---|---|"]
        verdict = (
            f"refused: `{row.code}`"
            if row.code
            else "taken"
            if row.field is None
            else f"taken: {_code(repr(row.takes))}"
        )
        shown = _code(row.shown) if row.shown[0] == '"' else row.shown
        lines.append(f"| {shown} | {verdict} | {row.why} |")
    return "\n".join(lines) + "\n"


def _code(text):
    shown = text if len(text) <= 70 else text[:60] + "…"
    shown = "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
    return f"`{shown}`".replace("|", "\\|")


if __name__ == "__main__":
    print(page(), end="")
