"""What the store asks of a database engine. `sqlite` is one; a second engine is another subclass.

Queries are one text for every engine, with named parameters:

    database.row("SELECT name FROM service_token WHERE id = :id", {"id": token_id})

What a group commit needs, one wait for the disk for many requests, is `try_to_begin`, `commit` and
`rollback`; everybody else uses `transaction`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, TypeVar, cast

Row = tuple[Any, ...]
Values = Mapping[str, Any]
NO_VALUES: Values = {}
T = TypeVar("T")


def containing(text: str) -> str:
    """The pattern for `LIKE :pattern ESCAPE '\\'` that finds a text wherever it stands."""
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


class Database(ABC):
    """One open connection to a vault's database, for one thread at a time.

    Statements raise the engine's own errors. Within `explained` and `transaction` they become
    StoreError and Damaged, whose sentences are for a person.
    """

    def __init__(self) -> None:
        self._cached: dict[str, tuple[Any, Hashable]] = {}

    # Statements

    @abstractmethod
    def rows(self, sql: str, values: Values = NO_VALUES) -> Iterator[Row]:
        """The rows of a query, one after the other as they are found."""

    @abstractmethod
    def row(self, sql: str, values: Values = NO_VALUES) -> Row | None:
        """The first row of a query, or of a statement with RETURNING."""

    @abstractmethod
    def execute(self, sql: str, values: Values = NO_VALUES) -> int:
        """Run a statement; how many rows it wrote or deleted."""

    @abstractmethod
    def execute_many(self, sql: str, each: Iterable[Values]) -> None:
        """Run a statement once for each of these values."""

    @abstractmethod
    def explained(self) -> AbstractContextManager[None]:
        """Turn the engine's errors into StoreError and Damaged."""

    # Transactions

    @property
    @abstractmethod
    def is_read_only(self) -> bool:
        """Whether this connection can only read."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether a write transaction is open: a full disk may have ended it."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One write transaction: all of it or nothing. Inside another one it is a part of that.

        Raises StoreError, also for what the engine refuses within.
        """
        nested = self.in_transaction
        with self.explained():
            if nested:
                self.execute("SAVEPOINT part")
            else:
                self.begin()
            try:
                yield
                if nested:
                    self.execute("RELEASE part")
                else:
                    self.commit()
            except BaseException:
                # A full disk may have ended the transaction; a refused COMMIT leaves it open.
                if self.in_transaction:
                    if nested:
                        self.execute("ROLLBACK TO part")
                        self.execute("RELEASE part")
                    else:
                        self.rollback()
                raise

    @abstractmethod
    def begin(self) -> None:
        """Begin a write transaction; wait for our turn, and for who is writing. Raises StoreError
        when that takes too long, and where this connection can only read."""

    @abstractmethod
    def try_to_begin(self, *, insist: bool = False) -> bool:
        """Begin a write transaction; False if another program is writing, or waits to write.

        Who insists is next from then on, until this is True or `give_up_turn`. Raises StoreError.
        """

    @abstractmethod
    def give_up_turn(self) -> None:
        """Be no longer next to write."""

    @abstractmethod
    def never_wait(self) -> None:
        """From now on fail at once, instead of waiting, where another program is writing."""

    @abstractmethod
    def commit(self) -> None:
        """Make the transaction durable: when this returns, a power cut takes nothing back."""

    @abstractmethod
    def rollback(self) -> None:
        """Take the transaction back."""

    # Changes, erasing, copies

    @abstractmethod
    def changes_elsewhere(self) -> int:
        """A number that differs from its last value if another connection wrote since."""

    @abstractmethod
    def state(self) -> Hashable:
        """What is equal to its last value while nobody wrote, over this connection or another."""

    def cached(self, question: str, find: Callable[[], T]) -> T:
        """The answer to a question about what is stored, found anew only when somebody wrote."""
        state = self.state()
        if question not in self._cached or self._cached[question][1] != state:
            self._cached[question] = find(), state
        return cast(T, self._cached[question][0])

    @abstractmethod
    def erase_deleted(self) -> bool:
        """Leave no trace of deleted rows in the database's files; False if another program reads
        the vault, and so keeps one."""

    @abstractmethod
    def copy_to(self, file: Path) -> None:
        """Write all that is stored at this moment into a new SQLite file, which only its user may
        read and which has no trace of deleted rows."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""
