"""Writes the pages of the reference that are derived from the code: records, hooks, contracts, codes, methods.

python docs/generate.py          writes them
python docs/generate.py --check  says which are not up to date, and fails if any is
"""

import importlib
import inspect
import json
import pkgutil
import re
import sys
import typing
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import kepu_core
from kepu_core import testing
from kepu_core.builtin.rules import METHODS
from kepu_core.codec import json_schema
from kepu_core.domain import RECORD_TYPES
from kepu_core.domain.fields import FieldSpec, fields_of, info_of
from kepu_core.domain.findings import Problem
from kepu_core.domain.scheme import Scheme
from kepu_core.plugins import HOOK_API, HOOKS, hookspecs
from kepu_core.plugins.descriptors import AggregationType, MethodType, RuleType, WeightingType

REFERENCE = Path(__file__).parent / "reference"


def problems() -> dict[str, tuple[Problem, str]]:
    """Every problem of the core by code, with the module that declares it."""
    found: dict[str, tuple[Problem, str]] = {}
    for module in pkgutil.walk_packages(kepu_core.__path__, "kepu_core."):
        if module.name.startswith("kepu_core.cli"):
            continue
        loaded = importlib.import_module(module.name)
        for value in vars(loaded).values():
            for problem in value.values() if isinstance(value, dict) else (value,):
                if isinstance(problem, Problem):
                    found.setdefault(problem.code, (problem, module.name))
    return found


def codes_page() -> str:
    """The page of codes."""
    lines = [
        "# Codes of findings and errors",
        "",
        "Codes and exception types are the API; wording is not. `{…}` stands for what the message names.",
        "",
        "| code | severity | 说明 | message | mend |",
        "|---|---|---|---|---|",
    ]
    for code, (problem, _) in sorted(problems().items()):
        cells = (f"`{code}`", problem.severity.value, problem.message.zh, problem.message.en, problem.mend.en)
        lines.append("| " + " | ".join(_cell(c) for c in cells) + " |")
    return "\n".join(lines) + "\n"


def records_page() -> str:
    """The page of records."""
    lines = [
        "# Records",
        "",
        "Every record type of the domain, and the parts that records are made of. All fields are given by name. ",
        "*index*: records can be found by it. *personal*: leaves only when asked for.",
        "",
    ]
    parts: dict[str, type] = {}
    for cls in RECORD_TYPES:
        lines += _class_lines(cls, f"`{info_of(cls).type}` {cls.__name__}")
        for part in _parts(cls):
            parts.setdefault(part.__name__, part)
    lines += ["## Parts", ""]
    for _, part in sorted(parts.items()):
        lines += _class_lines(part, part.__name__, level=3)
    return "\n".join(lines).rstrip() + "\n"


def _class_lines(cls: type, title: str, level: int = 2) -> list[str]:
    info = info_of(cls)
    append_only = " Only ever added, never changed." if info.append_only else ""
    summary = (inspect.getdoc(cls) or "").split("\n\n")[0].replace("\n", " ")
    lines = [f"{'#' * level} {title}", "", f"{info.label.zh} · {info.label.en}. {_plain(summary)}{append_only}", ""]
    lines += ["| field | 名称 | label | type | remarks |", "|---|---|---|---|---|"]
    lines += ["| " + " | ".join(_cell(c) for c in _field_cells(spec)) + " |" for spec in fields_of(cls)]
    return [*lines, ""]


def _field_cells(spec: FieldSpec) -> tuple[str, ...]:
    info = spec.info
    remarks = [] if spec.required else ["optional"]
    if info.unit:
        remarks.append(info.unit)
    if info.ge is not None or info.le is not None:
        remarks.append(f"{'' if info.ge is None else f'{info.ge:g}'}…{'' if info.le is None else f'{info.le:g}'}")
    if info.form is not None:
        remarks.append(info.form.value)
    if info.ref:
        remarks.append(f"→ {info.ref}")
    remarks += [word for word, holds in (("index", info.index), ("personal", info.personal)) if holds]
    return f"`{spec.name}`", info.label.zh, info.label.en, _type_name(spec.type), ", ".join(remarks)


def _type_name(kind: object) -> str:
    if isinstance(kind, type):
        return kind.__name__
    args = [a for a in typing.get_args(kind) if a not in {type(None), Ellipsis}]
    if typing.get_origin(kind) is tuple:
        return f"list of {_type_name(args[0])}"
    return "mapping" if len(args) > 1 else _type_name(args[0])


def _parts(cls: type) -> Iterator[type]:
    for spec in fields_of(cls):
        for kind in (spec.type, *typing.get_args(spec.type)):
            if isinstance(kind, type) and hasattr(kind, "__kepu_record__") and kind is not cls:
                yield kind
                yield from _parts(kind)


def hooks_page() -> str:
    """The page of hooks."""
    lines = ["# Hooks", "", _plain(inspect.getdoc(hookspecs) or ""), "", f"The hook API is version {HOOK_API}.", ""]
    for name, one in HOOKS.items():
        given, doc = one.gives, one.__doc__ or ""
        text, _, example = doc.partition("Example::")
        lines += [f"## `{name}`", "", f"`def {name}() -> Iterable[{given.__name__}]`", "", _plain(text).strip(), ""]
        if one.namespaced:
            lines += ["Names begin with the plugin's namespace.", ""]
        if example:
            code = "\n".join(line.removeprefix("    ") for line in example.strip("\n").splitlines())
            lines += ["```python", "import kepu_core as kepu", "", "", code.strip("\n"), "```", ""]
        lines += [f"**{given.__name__}**: {_plain((inspect.getdoc(given) or '').split(chr(10) * 2)[0])}", ""]
    return "\n".join(lines).rstrip() + "\n"


ROLES = {
    RuleType: ("rule", "rules", "Scoring rules: from a raw value to the share of a criterion's points."),
    AggregationType: (
        "aggregation",
        "aggregations",
        "Aggregations: from the shares of the children to that of a node.",
    ),
    WeightingType: ("weighting", "weightings", "Weightings: how the weights of a node's children come about."),
}


def methods_page() -> str:
    """The overview of rules, aggregations and weightings."""
    lines = [
        "# Rules, aggregations, weightings",
        "",
        "What the core itself registers, through the hook `kepu_scoring_rules` that cities use as well.",
        "A scheme names a method by its kind and gives its parameters.",
        "",
    ]
    for of, (_, heading, text) in ROLES.items():
        lines += [
            f"## {heading.capitalize()}",
            "",
            text,
            "",
            "| kind | 名称 | name | what it does |",
            "|---|---|---|---|",
        ]
        for method in METHODS:
            if type(method) is of:
                summary = _plain((inspect.getdoc(method.cls) or "").split("\n\n")[0])
                cells = (f"[`{method.kind}`](methods/{method.kind}.md)", method.label.zh, method.label.en, summary)
                lines.append("| " + " | ".join(_cell(c) for c in cells) + " |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def method_page(method: MethodType) -> str:
    """The page of one method: what it does, its formula and source, its parameters, an example."""
    text, _, example = (inspect.getdoc(method.cls) or "").partition(">>>")
    role = ROLES[type(method)][0]
    lines = [f"# `{method.kind}`", "", f"{method.label.zh} · {method.label.en} · {role}", "", _plain(text).strip(), ""]
    specs = fields_of(method.cls)
    if specs:
        lines += ["| parameter | 名称 | label | type | default |", "|---|---|---|---|---|"]
        for spec in specs:
            default = "" if spec.required else f"`{_default(spec.default)}`"
            cells = (f"`{spec.name}`", spec.label.zh, spec.label.en, _type_name(spec.type), default)
            lines.append("| " + " | ".join(_cell(c) for c in cells) + " |")
        lines.append("")
    if method.provenance is not None:
        lines += [f"Source: {method.provenance.source}.", ""]
    if example:
        lines += ["```pycon", f">>>{example}".rstrip(), "```", ""]
    return "\n".join(lines)


def schema_page() -> str:
    """The JSON Schema of schemes."""
    return json.dumps(json_schema(Scheme), ensure_ascii=False, indent=1) + "\n"


def _default(value: object) -> object:
    return getattr(value, "value", value)


def _plain(text: str) -> str:
    """Docstring markup as Markdown."""
    for role in (":class:", ":func:", ":meth:", ":data:", ":mod:"):
        text = text.replace(role, "")
    return re.sub(r"(?<!`)``(?!`)", "`", text)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("{{", "{").replace("}}", "}")


def contracts_page() -> str:
    """The page of contracts: what the test kit asks of each kind of thing."""
    lines = [
        "# Contracts",
        "",
        "What `kepu_core.testing` asks of everything that a plugin gives. A contract is subclassed in three lines, or run by",
        "`kepu plugin check`; each law that does not hold says so with a code, what was seen, and the mend.",
        "",
    ]
    for name in sorted(n for n in testing.__all__ if n.endswith("Contract") and n != "Contract"):
        contract = getattr(testing, name)
        text, _, example = (inspect.getdoc(contract) or "").partition("::\n")
        example, rest = _dedented(example)
        lines += [f"## `{name}`", "", _plain(text).strip().removesuffix(":") + ("." if example else ""), ""]
        if example:
            lines += ["```text", example, "```", ""]
        if rest:
            lines += [_plain(rest), ""]
        lines += ["| law | what holds |", "|---|---|"]
        for law in contract.laws():
            said = (inspect.getdoc(getattr(contract, f"test_{law}")) or "").split("\n\n")[0]
            lines.append(f"| `{law}` | {_cell(_plain(said))} |")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _dedented(example: str) -> tuple[str, str]:
    """An indented block at the beginning of a text, without its indent, and what follows."""
    inside, after = [], []
    for line in example.strip("\n").splitlines():
        (after if after or (line and not line.startswith("    ")) else inside).append(line)
    return "\n".join(x.removeprefix("    ") for x in inside).strip("\n"), "\n".join(after).strip()


PAGES = {
    "contracts.md": contracts_page,
    "codes.md": codes_page,
    "hooks.md": hooks_page,
    "methods.md": methods_page,
    "records.md": records_page,
    "scheme.schema.json": schema_page,
    **{f"methods/{method.kind}.md": partial(method_page, method) for method in METHODS},
}


def stale() -> list[str]:
    """The pages that are not what the code says now."""
    return [
        name
        for name, page in PAGES.items()
        if not (REFERENCE / name).exists() or (REFERENCE / name).read_text("utf-8") != page()
    ]


def main() -> int:
    """Write the pages, or check them."""
    if "--check" in sys.argv:
        old = stale()
        print("\n".join(f"not up to date: docs/reference/{name}" for name in old) or "up to date")
        return 1 if old else 0
    for name, page in PAGES.items():
        (REFERENCE / name).write_text(page(), "utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
