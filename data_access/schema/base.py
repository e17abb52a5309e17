"""What every table shares: the metadata, key and path types, and checks built from the vocabulary."""

from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Date, Dialect, ForeignKey, Integer, MetaData, String, TypeDecorator, text
from sqlalchemy.types import TypeEngine

from domain.vocabulary import Term

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite's rowid is an INTEGER PRIMARY KEY and no other; PostgreSQL gets eight bytes.
Key = BigInteger().with_variant(Integer, "sqlite")

# Paths are compared as bytes, so that a range finds a subtree by the index in either database.
Path = String(400).with_variant(String(400, collation="C"), "postgresql")


class Day(TypeDecorator[date]):
    """A day. SQLite, which has no dates, stores it as the whole number 20261120: four bytes instead of the ten of text."""

    impl = Date
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Return what the database stores."""
        return dialect.type_descriptor(Integer() if dialect.name == "sqlite" else Date())

    def process_bind_param(self, value: date | None, dialect: Dialect) -> Any:
        """Turn a day into what the database stores."""
        if value is None or dialect.name != "sqlite":
            return value
        return value.year * 10_000 + value.month * 100 + value.day

    def process_result_value(self, value: Any, dialect: Dialect) -> date | None:
        """Turn what the database stores into a day."""
        return value if value is None or dialect.name != "sqlite" else _day(value)


@lru_cache(maxsize=50_000)  # a century and more
def _day(number: int) -> date:
    return date(number // 10_000, number // 100 % 100, number % 100)


def key(name: str) -> Column:
    """Return a surrogate primary key."""
    return Column(name, Key, primary_key=True, autoincrement=False)


def refers(name: str, target: str, *, null: bool = False, primary: bool = False, index: bool = False) -> Column:
    """Return a foreign key column to `target` ("table.column")."""
    return Column(name, Key, ForeignKey(target), nullable=null, primary_key=primary, index=index, autoincrement=False)


def term(name: str, terms: type[Term], *, null: bool = False, primary: bool = False) -> Column:
    """Return a column that holds a code of `terms`; `one_of` is its check."""
    return Column(name, String(24), nullable=null, primary_key=primary)


def one_of(name: str, terms: type[Term]) -> CheckConstraint:
    """Return the check that a `term` column holds a known code."""
    codes = ", ".join(f"'{item.value}'" for item in terms)
    return CheckConstraint(f"{name} IN ({codes})", name=name)


# A bulk table is clustered by its key in SQLite, which a third of its size depends on.
CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}


def where(condition: str) -> dict[str, Any]:
    """Return what makes an `Index` one of those rows alone that meet the condition (SQL)."""
    return {"sqlite_where": text(condition), "postgresql_where": text(condition)}
