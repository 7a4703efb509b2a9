"""Scoring a table without a store: for notebooks, and for schemes that are still being drafted."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from kepu_core.codec.codec import Codec
from kepu_core.codec.record_type import RecordType
from kepu_core.domain.period import Period
from kepu_core.domain.scheme import Scheme
from kepu_core.language import Text
from kepu_core.plugins.hookspecs import hook
from kepu_core.plugins.manager import PluginManager

if TYPE_CHECKING:
    from kepu_core.scoring.scorecard import Scorecard

__all__ = ["score"]


def score(
    scheme: Scheme,
    table: Any,
    *,
    subjects: Sequence[str] | str | None = None,
    names: Mapping[str, str] | None = None,
    earlier: Sequence[Any] = (),
    history: Sequence[Mapping[str, str]] = (),
    period: Period | str | None = None,
    plugins: PluginManager | None = None,
) -> "Scorecard":
    """Score a table under a scheme: its columns are the metrics that the scheme names.

    ``table`` is a mapping of columns or a pandas or polars frame with a row per subject; ``subjects`` are the ids or
    the name of their column (else ``subject``, ``code`` or ``id``, else the rows are numbered). ``earlier`` are tables of
    the periods before, the last first; ``history`` the grades of the years before by subject. More is better for
    every column, unless the metric is a plugin's and says otherwise; ``reversed`` in the scheme turns it.

    Raises :class:`InvalidData` with every fault of scheme and table.

    >>> import kepu_core as kepu
    >>> leaf = kepu.Criterion(id="days", title="开放天数", weight=1, metric="days",
    ...                       rule=kepu.RuleSpec(kind="ratio", params={"target": 300}))
    >>> scheme = kepu.Scheme(id="x.demo@1", name="x.demo", version="1", title="示例", subject="base",
    ...                      root=kepu.Criterion(id="total", title="总分", points=100, children=[leaf]))
    >>> kepu.score(scheme, {"id": ["a", "b"], "days": [150, 300]}).score
    {'b': 100.0, 'a': 50.0}
    """
    from kepu_core import __version__  # noqa: PLC0415 - the face of the package imports this room
    from kepu_core.scoring.boards import board_from  # noqa: PLC0415 - brings numpy, needed only here
    from kepu_core.scoring.check import bind  # noqa: PLC0415 - the same
    from kepu_core.scoring.engine import compute  # noqa: PLC0415 - the same
    from kepu_core.scoring.metrics import Metric  # noqa: PLC0415 - the same
    from kepu_core.scoring.scorecard import Scorecard  # noqa: PLC0415 - the same

    manager = plugins or PluginManager.with_builtins()
    known = {ident: g.value for ident, g in manager.given(hook.kepu_metrics).items()}
    metrics = {
        name: known.get(name)
        or Metric(id=name, title=Text(name, name), unit="", subject=scheme.subject, compute=_no_facts)
        for name in scheme.metrics()
    }
    bound = bind(scheme, metrics, manager.values(hook.kepu_scoring_rules))
    ids, board = board_from(table, scheme.metrics(), subjects)
    before = [_aligned(board_from, past, scheme, subjects, ids) for past in earlier]
    grades = [[past.get(s) for s in ids] for past in history]
    return Scorecard(
        bound=bound,
        outcome=compute(bound, board, before, grades),
        board=board,
        earlier=before,
        history=grades,
        period=Period.parse(period) if isinstance(period, str) else period,
        names=dict(names or {}),
        scheme_digest=Codec([RecordType(Scheme)]).digest([scheme]),
        engine_version=__version__,
        illustrative=scheme.illustrative,
    )


def _no_facts(_: Any) -> Any:
    message = "the figures of this metric come from a table, not from records"
    raise RuntimeError(message)


def _aligned(read: Any, past: Any, scheme: Scheme, subjects: Any, ids: tuple[str, ...]) -> dict[str, Any]:
    """A table of an earlier period in the order of this one's subjects; who was not there has no figures."""
    columns = past if isinstance(past, Mapping) else list(past.columns)
    wanted = [name for name in scheme.metrics() if name in columns]
    theirs, board = read(past, wanted, subjects)
    return {name: values if theirs == ids else values.aligned(ids) for name, values in board.items()}
