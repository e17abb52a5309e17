"""The numbers that the installation is rated with."""

from sqlalchemy import Connection, select

from data_access.schema.places import setting
from domain.scope import Scope
from domain.settings import Settings


def settings(connection: Connection, scope: Scope) -> Settings:
    """Return the rules' numbers: the defaults and what this installation has changed; the same for every scope. Raises BadSetting."""
    return Settings({row.key: row.value for row in connection.execute(select(setting.c.key, setting.c.value))})


def notes(connection: Connection, scope: Scope) -> dict[str, str | None]:
    """Return {key: note} of the numbers that this installation has changed, by key; the same for every scope."""
    return {row.key: row.note for row in connection.execute(select(setting.c.key, setting.c.note).order_by(setting.c.key))}
