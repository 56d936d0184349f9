"""What the store asks of a database engine. `sqlite` is one; a second engine is another subclass.

Queries are one text for every engine, with named parameters:

    database.row("SELECT name FROM service_token WHERE id = :id", {"id": token_id})

A group commit (many requests in one transaction, so that they share one wait for the disk) uses
`try_to_begin`, `commit` and `rollback`. All others use `transaction`.
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
        """The rows of a query, each read when it is asked for."""

    @abstractmethod
    def row(self, sql: str, values: Values = NO_VALUES) -> Row | None:
        """The first row of a query, or of a statement with RETURNING."""

    @abstractmethod
    def execute(self, sql: str, values: Values = NO_VALUES) -> int:
        """Run a statement; how many rows it wrote or deleted."""

    @abstractmethod
    def execute_many(self, sql: str, each: Iterable[Values]) -> None:
        """Run a statement once with each of these mappings of values."""

    @abstractmethod
    def explained(self) -> AbstractContextManager[None]:
        """Turn the engine's errors into StoreError and Damaged."""

    @abstractmethod
    def stop_when(self, is_enough: Callable[[], bool]) -> None:
        """Let every statement fail from when `is_enough` says so; it is asked ever again."""

    # Transactions

    @property
    @abstractmethod
    def is_read_only(self) -> bool:
        """Whether this connection can only read."""

    @property
    @abstractmethod
    def in_transaction(self) -> bool:
        """Whether a write transaction is open. A full disk ends one unasked."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One write transaction: all of it or nothing. Within another it is a savepoint of that.

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
        """Begin a write transaction: wait for our turn, and for the program that is writing.

        Raises StoreError if that takes too long, or if this connection can only read.
        """

    @abstractmethod
    def try_to_begin(self, *, insist: bool = False) -> bool:
        """Begin a write transaction; False if another program is writing, or waits to write.

        Whoever insists, and has come to the front of the queue, stays there until a later call is
        True or `give_up_turn` is called. Raises StoreError.
        """

    @abstractmethod
    def give_up_turn(self) -> None:
        """Leave the queue, after a `try_to_begin` that insisted."""

    @abstractmethod
    def never_wait(self) -> None:
        """From now on fail at once, instead of waiting, if another program is writing."""

    @abstractmethod
    def commit(self) -> None:
        """Make the transaction durable: when this returns, a power cut takes nothing back."""

    @abstractmethod
    def rollback(self) -> None:
        """Take the transaction back."""

    # Changes, erasing, copies

    @abstractmethod
    def changes_elsewhere(self) -> int:
        """A number that changes whenever another connection has written."""

    @abstractmethod
    def state(self) -> Hashable:
        """A value that changes whenever anybody has written, over this connection or another."""

    def cached(self, question: str, find: Callable[[], T]) -> T:
        """The answer to a question about what is stored; found anew only if anybody has written.

        `question` is the key that the answer is kept under.
        """
        state = self.state()
        if question not in self._cached or self._cached[question][1] != state:
            self._cached[question] = find(), state
        return cast(T, self._cached[question][0])

    @abstractmethod
    def erase_deleted(self) -> bool:
        """Leave no trace of deleted rows in the database's files.

        False if there may still be one, because another program is reading the vault.
        """

    @abstractmethod
    def copy_to(self, file: Path) -> None:
        """Write all that is stored at this moment into a new SQLite file.

        Only its user may read the file, and it has no trace of deleted rows.
        """

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""
