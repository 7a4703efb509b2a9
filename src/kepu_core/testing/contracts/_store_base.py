"""What the laws of stores share: whose store it is, where it stands, and how a difference becomes a broken law."""

import datetime as dt
import unittest
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from kepu_core.domain.findings import Problem
from kepu_core.language import Text
from kepu_core.plugins.storage import StorageBackend, Store, Write
from kepu_core.testing.contracts._contract import Contract
from kepu_core.testing.contracts._store_differences import Difference, differences, shown
from kepu_core.testing.contracts._store_machine import run_machine
from kepu_core.testing.contracts._store_model import Key, Model, Site

__all__ = ["AT", "StoreKit", "raised", "write"]

AT = dt.datetime(2021, 5, 1, 8, tzinfo=dt.timezone(dt.timedelta(hours=8)))
_T = TypeVar("_T")
RAISED = Text("抛出错误", "an error raised")


class StoreKit(Contract):
    """The ground of :class:`kepu_core.testing.contracts.storage.StorageContract`, which tells what may be set."""

    backend: ClassVar[StorageBackend]
    durable: ClassVar[bool | None] = None
    shared: ClassVar[bool] = False
    examples: ClassVar[int] = 40
    steps: ClassVar[int] = 30
    shrink: ClassVar[bool] = True
    writers: ClassVar[int] = 4
    kills: ClassVar[int] = 5
    patience: ClassVar[float] = 60.0

    @property
    def what(self) -> str:
        """The backend, for messages."""
        return self.backend.name

    def url(self, folder: Path) -> str:
        """The address of a store in a fresh folder; override it where a store stands elsewhere."""
        if self.backend.suffixes:
            return str(folder / f"store{self.backend.suffixes[0]}")
        return f"{next(iter(self.backend.schemes), self.backend.name)}:"

    @property
    def _is_durable(self) -> bool:
        return bool(self.backend.suffixes) if self.durable is None else self.durable

    def _only_if_durable(self) -> None:
        if not self._is_durable:
            raise unittest.SkipTest(str(Text("不持久的库无此要求", "nothing outlives a handle of this store")))

    def _site(self) -> AbstractContextManager[Site]:
        return Site.fresh(self)

    def _machine(self, problem: Problem, *, opened: int, examples: int) -> None:
        run_machine(
            self,
            self.broken,
            problem,
            opened=opened,
            reopens=self._is_durable,
            examples=examples,
            steps=self.steps,
            shrink=self.shrink,
        )

    def _same(self, problem: Problem, call: str, seen: object, expected: object, **values: object) -> None:
        if seen != expected:
            self.broken(problem, **Difference(call, seen, expected).wording, **values)

    def _agree(self, problem: Problem, store: Store, model: Model, also: Sequence[Key] = (), **values: object) -> None:
        for difference in differences(store, model, also):
            self.broken(problem, **difference.wording, **values)

    def _unharmed(self, problem: Problem, call: str, work: Callable[[], _T], deed: Text) -> _T:
        """What some work gives; if it raises, the law is broken."""
        try:
            return work()
        except Exception as error:  # noqa: BLE001 - told
            self.broken(problem, call=call, seen=raised(error), expected=Text("无错误", "no error"), deed=deed)

    def _refuses(self, problem: Problem, *batches: Sequence[Write], raises: type[Exception] = Exception) -> None:
        """Each of some commits raises, and leaves the store as it was."""
        model, first = Model(), [write("a", region="44")]
        with self._site() as site, closing(site.open()) as store:
            self._both(store, model, first, at=AT)
            for writes in batches:
                told = ", ".join(f"{w.id} {w.body!r}" for w in writes)
                deed = Text(f"提交 {told}", f"a commit of {told}")
                self._refused(problem, store, {"writes": writes, "at": AT}, deed, raises)
                self._agree(problem, store, model, [(w.type, w.id) for w in writes], deed=deed)

    def _refused(
        self,
        problem: Problem,
        store: Store,
        how: Mapping[str, Any],
        deed: Text,
        raises: type[Exception] = Exception,
        code: str | None = None,
    ) -> None:
        """A commit raises what it should."""
        try:
            seen: object = shown(store.commit(**how))
        except raises as error:
            if code in {None, getattr(error, "code", None)}:
                return
            seen = raised(error)
        except Exception as error:  # noqa: BLE001 - told
            seen = raised(error)
        name = code or raises.__name__
        expected = RAISED if raises is Exception else Text(f"抛出 {name}", f"{name} raised")
        self.broken(problem, call="commit(…)", seen=seen, expected=expected, deed=deed)

    @staticmethod
    def _both(store: Store, model: Model, writes: Sequence[Write], **how: Any) -> None:
        """Commit to the store, and to the model."""
        store.commit(writes, **how)
        model.commit(writes, **how)


def write(ident: str, body: object = b"{}", *, text: str = "", **index: str) -> Write:
    """A record to write; its ``body`` may be one that a store should refuse."""
    return Write(type="base", id=ident, version=1, body=body, index=index, text=text)  # type: ignore[arg-type]  # others on purpose


def raised(error: BaseException) -> Text:
    """That something was raised, for messages."""
    return Text(f"抛出 {type(error).__name__}：{error}", f"{type(error).__name__} raised: {error}")
