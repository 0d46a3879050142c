"""What the tables are made of: how values are kept, and how columns and constraints are called."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Dialect,
    Enum,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    Table,
    Text,
    TypeDecorator,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no time zone, so it is taken off on the way in and put back on."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive time: nobody knows which moment it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Read as UTC on every backend."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Words(TypeDecorator[Sequence[str]]):
    """Ids or marks in their order, as one text: nothing ever asks for a single one of them."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Sequence[str] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuse what would be read as another list."""
        if value is None:
            return None
        text = " ".join(value)
        if tuple(text.split()) != tuple(value):
            raise ValueError("an id or a mark must not be empty or hold a blank")
        return text

    def process_result_value(self, value: str | None, dialect: Dialect) -> Sequence[str] | None:  # noqa: ARG002
        """Read a tuple."""
        return None if value is None else tuple(value.split())


class Json(TypeDecorator[Mapping[str, object]]):
    """A mapping as one text, its keys in their order: nothing ever asks for a part of it."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Mapping[str, object] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Refuse what JSON cannot say, as a date: it would come back as something else."""
        if value is None:
            return None
        return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=_mapping)

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> Mapping[str, object] | None:
        """Read a dictionary; what was a tuple is a list."""
        return None if value is None else dict(json.loads(value))


def _mapping(value: object) -> dict[object, object]:
    if not isinstance(value, Mapping):
        raise TypeError(f"JSON has no word for a {type(value).__name__}")
    return dict(value)


def one_of(members: type[StrEnum], name: str) -> Enum:
    """Text held to the values of an enumeration by a CHECK; a new value therefore needs a migration."""
    return Enum(
        members,
        name=name,
        native_enum=False,
        create_constraint=True,
        length=32,
        values_callable=lambda enumeration: [member.value for member in enumeration],
    )


def reference(target: str, *, ondelete: str | None = None) -> ForeignKey:
    """A reference that is checked when the transaction commits."""
    return ForeignKey(target, deferrable=True, initially="DEFERRED", ondelete=ondelete)


def text_column(name: str, *, primary_key: bool = False) -> Column[str]:
    """A text that is always there, if only empty."""
    return Column(name, Text, nullable=False, primary_key=primary_key)


def flag(name: str) -> Column[bool]:
    """Whether or not."""
    return Column(name, Boolean(name=name, create_constraint=True), nullable=False)


def counted(name: str, least: int = 0, *, primary_key: bool = False) -> Column[int]:
    """A whole number that is not less than this."""
    check = CheckConstraint(f"{name} >= {least}", name=name)
    return Column(name, Integer, check, nullable=False, primary_key=primary_key)


def list_of(name: str, owner: str, *columns: Column[Any] | CheckConstraint | ForeignKeyConstraint) -> Table:
    """An ordered list that belongs to one row of another table: `owner` is that table and its key."""
    table, key = owner.split(".")
    column = f"{table}_id" if key == "id" else key
    return Table(
        name,
        metadata,
        Column(column, Text, reference(owner), primary_key=True),
        counted("position", primary_key=True),
        *columns,
    )
