"""From a database to a reader: what every run needs before a page is drawn."""

import streamlit as st
from sqlalchemy import Engine

from components import drawing
from data_access import engine as database
from data_access.accounts import Account
from data_access.cache import Reader, opened
from data_access.engine import Installation


def installation() -> tuple[Engine, Installation]:
    """Return the database, checked when it was first opened, and what it says about itself. Raises NoDatabase or WrongSchema."""
    engine = opened()
    with engine.connect() as connection:
        return engine, database.installation(connection)


def reader(engine: Engine, described: Installation, account: Account) -> Reader:
    """Return the account's reader as of now. Raises NoDatabase or WrongSchema."""
    with engine.connect() as connection:
        version, changed_at = database.version(connection), database.changed_at(connection)
    return Reader(
        scope=account.scope,
        username=account.username,
        display_name=account.display_name,
        today=described.today,
        version=version,
        installation=described,
        theme=st.context.theme.type or "dark",
        engine=engine,
        finish=drawing.finish,
        changed_at=changed_at,
    )
