"""The demo's members against the published statistics, read from the same files as the generator reads."""

import numpy as np
import pandas as pd
import pytest

from domain.vocabulary import Education, MemberStatus, Occupation
from seed import fuzhou
from seed.branches import blocks
from seed.calendar import Calendar
from seed.members import members
from seed.organisations import lives
from seed.people import OCCUPATIONS, profile
from seed.statistics import NotPublished, fitted, published
from seed.tree import grown

AT_WORK = (Occupation.WORKER, Occupation.PROFESSIONAL, Occupation.MANAGER, Occupation.OFFICIAL)
COLLEGE = (Education.POSTGRADUATE, Education.BACHELOR, Education.COLLEGE)


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Members of the demo on the as-of date: age, woman, education, occupation, new (sector), status, joined (days ago)."""
    atlas = fuzhou.atlas("demo")
    calendar = Calendar(atlas.as_of)
    parts, first = [], 1
    for block in blocks(lives(grown(atlas), atlas, calendar), calendar):
        drawn = members(block, first, profile(atlas.sectors), calendar)
        first += len(drawn)
        new = np.array([sector.is_new for sector in atlas.sectors])[block.sector[drawn.branch]]
        parts.append(
            pd.DataFrame(
                {
                    "age": (calendar.today - drawn.birth) / 365.2425,
                    "woman": drawn.woman,
                    "education": np.array([level.value for level in Education])[drawn.education],
                    "occupation": np.array([job.value for job in OCCUPATIONS])[drawn.occupation],
                    "new": new,
                    "status": np.array([status.value for status in MemberStatus])[drawn.status],
                    "membership": calendar.today - drawn.joined,
                    "age_joined": (drawn.joined - drawn.birth) / 365.2425,
                }
            )
        )
    table = pd.concat(parts, ignore_index=True)
    return table[table["status"].isin([MemberStatus.FULL, MemberStatus.PROBATIONARY])]


def test_there_are_as_many_as_planned(people):
    assert len(people) == fuzhou.size("demo").members


def test_sex_age_and_education_follow_the_city(people):
    assert people["woman"].mean() * 100 == pytest.approx(published("fuzhou", "党员性别占比", "女"), abs=1)
    assert (people["age"] < 36).mean() * 100 == pytest.approx(published("fuzhou", "党员占比", "35岁及以下"), abs=1)
    college = published("fuzhou", "党员", "大专及以上") / published("fuzhou", "党员总数")
    assert people["education"].isin(COLLEGE).mean() == pytest.approx(college, abs=0.01)


def test_those_at_work_follow_the_city(people):
    at_work = people["occupation"].isin(AT_WORK)
    assert (at_work & ~people["new"]).mean() * 100 == pytest.approx(published("fuzhou", "党员占比", "公有制单位在岗职工"), abs=1)
    in_new = published("fuzhou", "党员占比", "非公企业和社会组织在岗职工")
    assert (at_work & people["new"]).mean() * 100 == pytest.approx(in_new, abs=1)


@pytest.mark.parametrize(
    ("job", "name"), [(Occupation.FARMER, "农牧渔民"), (Occupation.STUDENT, "学生"), (Occupation.RETIRED, "离退休人员")]
)
def test_occupations_the_city_does_not_tell_follow_the_nation(people, job, name):
    others = people[~people["occupation"].isin(AT_WORK)]
    nation = published("national", "党员职业", name)
    rest = sum(published("national", "党员职业", other) for other in ("农牧渔民", "学生", "离退休人员", "其他职业人员"))
    assert (others["occupation"] == job).mean() == pytest.approx(nation / rest, abs=0.015)


def test_older_ages_follow_the_nation(people):
    older = people[people["age"] >= 36]
    classes = ("36-40岁", "41-45岁", "46-50岁", "51-55岁", "56-60岁", "61岁及以上")
    nation = published("national", "党员年龄", "61岁及以上") / sum(published("national", "党员年龄", name) for name in classes)
    assert (older["age"] >= 61).mean() == pytest.approx(nation, abs=0.015)


def test_recruits_come_at_about_the_national_rate(people):
    rate = published("national", "发展党员") / published("national", "党员总数")
    assert (people["membership"] <= 730).mean() / 2 == pytest.approx(rate, rel=0.3)


def test_nobody_joined_too_young_and_probation_lasts_a_year(people):
    assert people["age_joined"].min() > 20.9
    probationary = people[people["status"] == MemberStatus.PROBATIONARY]
    assert (probationary["membership"] <= 365).mean() > 0.9
    assert (people.loc[people["membership"] < 360, "status"] == MemberStatus.PROBATIONARY).all()


def test_fitting_meets_both_margins_and_keeps_zeros():
    table = np.array(fitted([[1, 1], [0, 1]], [1, 1], [1, 3]))
    assert table.sum(axis=1) == pytest.approx([0.5, 0.5])
    assert table.sum(axis=0) == pytest.approx([0.25, 0.75])
    assert table[1, 0] == 0


def test_the_newest_figure_counts_and_an_unpublished_one_is_an_error():
    assert published("national", "党员总数") == 10027.1
    with pytest.raises(NotPublished, match="没有"):
        published("national", "没有")
