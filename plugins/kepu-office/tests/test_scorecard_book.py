"""The auditor's workbook: whoever computes it again gets what was published, and what follows when a figure changes.

LibreOffice computes every formula; what it finds is compared with the engine, cell by cell.
"""

import io
import os
import random

import openpyxl
import pytest
from book_cards import RULES, card
from book_kit import SOFFICE, formulas, opened, recomputed, sheets, written
from hypothesis import HealthCheck, Phase, given, settings
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

import kepu_core as kepu
from kepu_core.plugins.hookspecs import hook
from kepu_core.testing import made_scorecard, scorecards
from kepu_office import scorecard_book
from kepu_office.disarming import is_plain_formula
from kepu_office.scorecard_book_rules import Spot, share_formula

CARDS = 130 if os.environ.get("KEPU_LONG") else 39
DRAWN = 60 if os.environ.get("KEPU_LONG") else 15
FIRST = 6

needs_office = pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")


@pytest.fixture(autouse=True)
def chinese():
    with kepu.use_language("zh"):
        yield


def book(made):
    return written("scorecard-xlsx", made)


def totals(data):
    """What the last sheet says of each subject, by the titles of its columns."""
    _, head, *rows = sheets(data)["总分"]
    return {row[0]: dict(zip(head, row, strict=True)) for row in rows[FIRST - 2 :]}


def differences(ours, theirs):
    """Cells in which two workbooks differ, beyond the noise of binary sums."""
    return [
        (name, theirs[name][1][column], number + 1, mine, other)
        for name, rows in ours.items()
        for number, row in enumerate(rows)
        for column, mine in enumerate(row)
        if not same(mine, other := theirs[name][number][column])
    ]


def same(mine, other):
    if isinstance(mine, float) and isinstance(other, float):
        return abs(mine - other) <= 1e-9 * max(1.0, abs(mine))
    return mine == other


def rule_cards(count):
    """Scorecards in which every rule occurs, so many of them; figures that no rule can score are left out."""
    kinds, found, seed = list(RULES), {}, 0
    while len(found) < count:
        chance = random.Random(f"{seed}")
        made = card(seed, [kinds[seed % len(kinds)], *chance.sample(kinds, 3)])
        if made is not None:
            found[f"c{seed}"] = made
        seed += 1
    return found


def drawn_cards(count):
    found = []

    @settings(max_examples=count, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
    @given(scorecards())
    def collect(made):
        found.append(made)

    collect()
    return {f"d{n}": made for n, made in enumerate(found)}


def demo_cards():
    plugins = kepu.PluginManager.discover()
    found = {}
    for name, demo in plugins.values(hook.kepu_demo).items():
        with kepu.open_workspace(plugins=plugins) as ws:
            ws.put(list(demo.records(1)))
            found[name] = ws.evaluate(demo.scheme, demo.period)
    return found


@needs_office
@pytest.mark.parametrize("some", [demo_cards, lambda: rule_cards(CARDS), lambda: drawn_cards(DRAWN)], ids=["demo", "rules", "drawn"])  # fmt: skip
def test_recomputed_as_published(some, tmp_path):
    """Every formula gives what the engine computed, and every score, rank and grade what was published."""
    cards = some()
    assert cards
    books = {name: book(made) for name, made in cards.items()}
    after = recomputed(books, tmp_path)
    for name, made in cards.items():
        found = totals(after[name])
        for row in made.standings:
            told = found[row.subject]
            shown = (told["总分"], told.get("排名", told["公布：排名"]), told.get("等次", told["公布：等次"]))
            assert shown == (value(row.score), value(row.rank), value(row.grade)), (name, row)
            assert told["重算与公布"] == "一致"
        assert differences(sheets(books[name]), sheets(after[name])) == [], name


def value(of):
    return "" if of is None else of


def test_rules_without_a_formula_are_few():
    """All 26 rules have a formula, each in most of its forms; which have none is known."""
    methods = kepu.PluginManager.with_builtins().values(hook.kepu_scoring_rules)
    assert set(RULES) == {kind for kind, method in methods.items() if isinstance(method, kepu.RuleType)}
    without = {
        kind: params
        for kind, forms in RULES.items()
        for params in forms
        if share_formula(spot(methods[kind].build(params))) is None
    }
    assert without == {"rank": {"ties": "dense"}}


def spot(rule):
    return Spot(
        x="X",
        rule=rule,
        higher=True,
        param=lambda name, _: name,
        fact=str,
        figure=lambda _: "F",
        subject=lambda _: "S",
        points="P",
        peers="R",
    )


class TestWhatIf:
    """Changing a cell gives what the engine gives for the changed figure or parameter."""

    @needs_office
    def test_another_figure(self, tmp_path):
        """Who types another figure sees the scores, ranks and grades that would have been published."""
        made = plain_card()
        changed = openpyxl.load_workbook(io.BytesIO(book(made)))
        sheet = changed["数据"]
        column = next(c.column for c in sheet[3] if c.value == "visits")
        row = next(r for r in range(FIRST + 1, sheet.max_row + 1) if sheet.cell(r, 1).value == "s3")
        sheet.cell(row, column).value = 99.0
        found = totals(recomputed({"w": saved(changed)}, tmp_path)["w"])
        expected = made.with_figures("visits", {"s3": 99.0})
        assert {s: row["总分"] for s, row in found.items()} == dict(expected.score)
        assert {s: row["排名"] for s, row in found.items()} == dict(expected.rank)
        assert {s: row["等次"] for s, row in found.items()} == dict(expected.grade)
        assert [s for s, row in found.items() if row["重算与公布"] == "不一致"]

    @needs_office
    def test_another_parameter(self, tmp_path):
        """Who changes a parameter of a rule, or a weight, sees the scores under the changed scheme."""
        made = plain_card()
        changed = openpyxl.load_workbook(io.BytesIO(book(made)))
        cells = {(row[1].value, row[2].value): row[3] for row in changed["参数"].iter_rows(min_row=3)}
        cells["visits", "满分值"].value = 50
        shares = changed["得分率"]
        for ident, weight in (("visits", 0.25), ("days", 0.75)):
            shares.cell(5, next(c.column for c in shares[3] if c.value == ident)).value = weight
        found = totals(recomputed({"w": saved(changed)}, tmp_path)["w"])
        expected = made.under(other_scheme(made.scheme))
        assert {s: row["总分"] for s, row in found.items()} == dict(expected.score)

    @needs_office
    def test_a_figure_taken_away(self, tmp_path):
        """Who deletes a figure sees what its missing policy makes of that: the other weights are rescaled."""
        made = plain_card()
        changed = openpyxl.load_workbook(io.BytesIO(book(made)))
        sheet = changed["数据"]
        row = next(r for r in range(FIRST + 1, sheet.max_row + 1) if sheet.cell(r, 1).value == "s2")
        sheet.cell(row, next(c.column for c in sheet[3] if c.value == "days")).value = None
        found = totals(recomputed({"w": saved(changed)}, tmp_path)["w"])
        expected = made.with_figures("days", {"s2": None})
        assert {s: row["总分"] for s, row in found.items()} == dict(expected.score)


def plain_card():
    return made_scorecard([f"第{n}馆" for n in range(6)])


def other_scheme(scheme):
    visits, days = scheme.root.children
    rule = kepu.RuleSpec(kind="linear", params={"low": 0, "high": 50})
    children = (kepu.replace(visits, rule=rule, weight=0.25), kepu.replace(days, weight=0.75))
    return kepu.replace(scheme, root=kepu.replace(scheme.root, children=children))


def saved(workbook):
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


@needs_office
@pytest.mark.parametrize("mode", list(kepu.RoundingMode))
@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_halves_are_rounded_as_the_scheme_says(mode, decimals, tmp_path):
    """Totals that lie exactly between two published scores go where the engine sends them."""
    halves = [(n + 0.5) / 10**decimals for n in range(12)] + [2.675, 1.005, 0.045, 8.5]
    leaf = kepu.Criterion(
        id="m", title="数", weight=1, metric="m", rule=kepu.RuleSpec(kind="linear", params={"low": 0, "high": 100})
    )
    scheme = kepu.Scheme(
        id="x.r@1",
        name="x.r",
        version="1",
        title="取整",
        subject="base",
        root=kepu.Criterion(id="t", title="总分", points=100, children=(leaf,)),
        rounding=kepu.Rounding(decimals=decimals, mode=mode),
    )
    made = kepu.score(scheme, {"id": [f"s{n}" for n in range(len(halves))], "m": halves})
    found = totals(recomputed({"r": book(made)}, tmp_path)["r"])
    assert {s: row["总分"] for s, row in found.items()} == dict(made.score)


class TestWithoutComputing:
    def test_formulas_carry_their_values(self):
        """A program that does not compute shows the published scores all the same."""
        made = plain_card()
        found = totals(book(made))
        assert {s: row["总分"] for s, row in found.items()} == dict(made.score)
        assert {s: row["等次"] for s, row in found.items()} == dict(made.grade)

    def test_scores_are_formulas(self):
        """Shares, points, scores, ranks and grades are formulas; figures are what was reported."""
        found = formulas(opened(book(plain_card())))
        count = {}
        for sheet, _ in found:
            count[sheet] = count.get(sheet, 0) + 1
        assert "数据" not in count
        assert min(count[name] for name in ("采用值", "得分率", "得分", "总分")) >= 6 * 2

    def test_missing_figures_are_named(self):
        """Where there is no figure, the cell says why, and the remark what was done about it."""
        figures = {"visits": [10, None], "days": [20, 30], "prizes": [0, 1], "accidents": [0, 0]}
        found = sheets(book(made_scorecard(["甲", "乙"], figures)))
        assert "未报" in [row[2] for row in found["数据"]]
        assert any("未报" in str(cell) and "不计" in str(cell) for row in found["采用值"] for cell in row)

    def test_what_the_engine_computed_is_listed_and_coloured(self):
        """What no formula gives is named on the first sheet, with the reason, and stands on another colour."""
        made = card(0, ["linear", "ratio", "linear", "deduction"])
        data = book(with_topsis(made))
        assert ["总分", "合成方法 topsis 没有公式"] in [row[:2] for row in sheets(data)["说明"]]
        shares = opened(data)["得分率"]
        column = next(c.column for c in shares[2] if c.value == "总分")
        assert shares.cell(FIRST + 1, column).fill.start_color.rgb == "FFFCE4D6"

    def test_members_of_a_group_follow_each_other(self):
        """Where figures are compared within groups, the rows of each group stand together."""
        made = next(
            c for c in rule_cards(30).values() if c.scheme.normalise_within is kepu.Scope.GROUP and len(c) == 10
        )
        order = [row[0] for row in sheets(book(made))["总分"][FIRST:]]
        first = set(made.scheme.peer_groups[0].members)
        inside = [subject in first for subject in order]
        assert inside == sorted(inside, reverse=True)

    def test_what_no_spreadsheet_opens_is_refused(self, monkeypatch):
        """A workbook with too many formulas is not begun; the message says what else there is."""
        monkeypatch.setattr(scorecard_book, "MOST_CELLS", 100)
        with pytest.raises(kepu.InvalidData) as caught:
            book(plain_card())
        (finding,) = caught.value.findings
        assert finding.code == "office.scorecard-too-large"

    def test_it_speaks_the_language_of_the_moment(self):
        """In English, sheets and headers are English, and the check works with the English word."""
        with kepu.use_language("en"):
            found = sheets(book(plain_card()))
        assert list(found) == ["Notes", "Figures", "Used", "Shares", "Points", "Totals", "Parameters"]
        assert {row[-1] for row in found["Totals"][FIRST:]} == {"same"}


def with_topsis(made):
    root = kepu.replace(made.scheme.root, aggregation=kepu.AggregationSpec(kind="topsis"))
    return made.under(kepu.replace(made.scheme, root=root))


class TestSafety:
    @settings(deadline=None, max_examples=15, suppress_health_check=list(HealthCheck))
    @given(scorecards())
    def test_only_our_formulas_and_only_of_our_cells(self, made):
        """Whatever names and titles are, formulas hold no text of them, and lead nowhere but to the same workbook."""
        found = opened(book(made))
        names = {name.lower() for name in found.sheetnames}
        for text in formulas(found).values():
            assert is_plain_formula(text, names), text
            quoted = [t.value for t in Tokenizer(text).items if t.type == Token.OPERAND and t.subtype == Token.TEXT]
            assert set(quoted) <= {'""', '"一致"', '"不一致"', '" / "'}

    def test_grades_and_titles_like_formulas_are_texts(self):
        """A grade named like a formula is shown by one, and is none itself."""
        made = card(1, ["linear", "ratio"])
        assert any(band.grade == "=良好" for band in made.scheme.grades)
        found = opened(book(made))
        assert not [t for t in formulas(found).values() if "良好" in t]
