"""Frames of mixed columns: pieces of one query fit together, whatever each of them lacks."""

import pandas as pd
import pytest
from sqlalchemy import Engine, select, update

from data_access.counting import frames
from data_access.queries import rated
from data_access.schema.organisations import organisation
from data_access.schema.ratings import org_score
from domain.index.weights import Subject, template_of
from domain.vocabulary import Part

QUARTER = "2026Q3"


def test_a_piece_whose_terms_are_all_missing_joins_the_others(own_engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "_ROWS", 4)
    with own_engine.begin() as connection:
        scored = list(connection.scalars(select(org_score.c.org_id).where(org_score.c.period == QUARTER).order_by(org_score.c.org_id)))
        connection.execute(update(organisation).where(organisation.c.org_id.in_(scored[-8:])).values(sector=None))
        query = select(org_score.c.org_id, org_score.c.total, organisation.c.sector).join_from(
            org_score, organisation, organisation.c.org_id == org_score.c.org_id
        )
        query = query.where(org_score.c.period == QUARTER).order_by(org_score.c.org_id)
        found = frames.frame(connection, query, floats=("total",), terms=("sector",))
        plain = pd.read_sql_query(query, connection)
    assert found["org_id"].tolist() == plain["org_id"].tolist()
    assert found["sector"].isna().tolist() == plain["sector"].isna().tolist() == [False] * (len(plain) - 8) + [True] * 8
    assert found["sector"].dropna().tolist() == plain["sector"].dropna().tolist()
    pd.testing.assert_series_equal(found["total"], plain["total"].astype(float))


def test_a_branch_without_a_sector_has_the_template_of_every_sector(own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(update(organisation).values(sector=None))
        weights = rated.every_score(connection, QUARTER).weights
        general = rated.templates(connection, Subject.BRANCH, "2026.1", pd.Series([None]))
    parts = [part.value for part in Part]
    assert len(weights) and (weights[parts].drop_duplicates().to_numpy() == general[parts].to_numpy()).all()


def test_there_are_no_weights_without_a_version() -> None:
    assert (template_of([], Subject.MEMBER, pd.Series(["village", None]), ()).to_numpy() == 0).all()
