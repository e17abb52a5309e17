"""Who the members are: tables of shares that follow the published statistics, and names that nobody bears on purpose."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from domain.vocabulary import Education, Occupation
from seed.atlas import Sector
from seed.draws import Shares, Truth, Whole, below, pick
from seed.names import words
from seed.statistics import fitted, published

OCCUPATIONS = list(Occupation)
EDUCATIONS = list(Education)
AT_WORK = (Occupation.WORKER, Occupation.PROFESSIONAL, Occupation.MANAGER, Occupation.OFFICIAL)

# Age classes: lowest and highest age. The communiqué has one class above 60; how it divides further is synthetic.
AGES = ((18, 30), (31, 35), (36, 40), (41, 45), (46, 50), (51, 55), (56, 60), (61, 70), (71, 80), (81, 96))
_PUBLISHED_AGES = ("30岁及以下", "31-35岁", "36-40岁", "41-45岁", "46-50岁", "51-55岁", "56-60岁", "61岁及以上")
_ABOVE_60 = (0.56, 0.33, 0.11)
_YOUNG, _OLD = 2, 5  # classes up to 35, and from 51

ERAS = ("1921-07-01", "1949-10-01", "1978-12-22", "2012-11-15")  # first days of the periods of joining
_PUBLISHED_ERAS = ("新中国成立前", "成立后至十一届三中全会前", "十一届三中全会后至十八大前", "十八大以来")

_PUBLISHED_OCCUPATIONS = {
    Occupation.WORKER: "工人(工勤技能人员)",
    Occupation.FARMER: "农牧渔民",
    Occupation.PROFESSIONAL: "专业技术人员",
    Occupation.MANAGER: "管理人员",
    Occupation.OFFICIAL: "党政机关工作人员",
    Occupation.STUDENT: "学生",
    Occupation.OTHER: "其他职业人员",
    Occupation.RETIRED: "离退休人员",
}

# What is likely, before it is fitted to the published margins. Columns: the occupations in their order.
_OCCUPATIONS_IN = {
    "agency": [3, 0, 5, 5, 75, 0, 0, 12],
    "institution": [10, 0, 45, 25, 0, 0, 0, 15],
    "state_enterprise": [40, 0, 15, 30, 0, 0, 0, 12],
    "private_enterprise": [30, 0, 25, 40, 0, 0, 0, 0],
    "social_organisation": [10, 0, 50, 35, 0, 0, 0, 0],
    "village": [0, 80, 0, 0, 0, 0, 8, 8],
    "community": [0, 2, 0, 0, 0, 0, 30, 60],
    "school": [3, 0, 60, 12, 0, 20, 0, 10],
}
_ANY_SECTOR = [10, 10, 10, 10, 0, 0, 5, 5]
_WORKING_AGES = [20, 20, 20, 18, 15, 14, 10, 0.5, 0, 0]
_AGES_OF = {
    Occupation.FARMER: [6, 7, 8, 9, 10, 12, 12, 20, 10, 3],
    Occupation.STUDENT: [98, 2, 0, 0, 0, 0, 0, 0, 0, 0],
    Occupation.OTHER: [15, 12, 12, 10, 10, 10, 10, 15, 8, 3],
    Occupation.RETIRED: [0, 0, 0, 0, 0, 3, 8, 45, 30, 12],
}
_WOMEN_OF = [25, 20, 55, 35, 32, 62, 40, 30]
_SCHOOLED: dict[
    Occupation, tuple[list[float], list[float]]
] = {  # postgraduate, bachelor, college, secondary, primary: up to 50 years, and above
    Occupation.WORKER: ([1, 15, 34, 40, 10], [0, 4, 16, 45, 35]),
    Occupation.FARMER: ([0, 4, 16, 40, 40], [0, 0.5, 3, 26, 70]),
    Occupation.PROFESSIONAL: ([15, 60, 20, 5, 0], [5, 45, 35, 15, 0]),
    Occupation.MANAGER: ([10, 50, 28, 11, 1], [3, 32, 38, 25, 2]),
    Occupation.OFFICIAL: ([18, 68, 13, 1, 0], [6, 55, 34, 5, 0]),
    Occupation.STUDENT: ([35, 55, 9, 1, 0], [35, 55, 9, 1, 0]),
    Occupation.OTHER: ([2, 20, 28, 35, 15], [0, 4, 12, 40, 44]),
    Occupation.RETIRED: ([1, 14, 30, 40, 15], [1, 12, 24, 38, 25]),
}
_FINER_COLLEGE, _FINER_BELOW = (12, 52, 36), (48, 52)
_ERAS_OF: list[list[float]] = [
    [0, 0, 0, 1],
    [0, 0, 20, 80],
    [0, 0, 60, 40],
    [0, 0, 80, 20],
    [0, 0, 85, 15],
    [0, 0, 90, 10],
    [0, 0, 93, 7],
    [0, 8, 87, 5],
    [0, 55, 43, 2],
    [2, 83, 15, 0],
]
ETHNICITIES = ("汉族", "畲族", "回族", "满族", "土家族", "苗族", "壮族")
_OTHERS = (55, 12, 8, 10, 8, 7)  # of the minorities; synthetic


@dataclass(frozen=True)
class Profile:
    """Shares to draw members from: occupation by sector, age and sex by occupation, and so on."""

    occupation: Shares  # by sector
    age: Shares  # by occupation
    woman: Shares  # by occupation: man, woman
    education: Shares  # by occupation × 2 + (1 where above 50)
    era: Shares  # by age class
    ethnicity: tuple[int, ...]


@lru_cache(maxsize=4)
def profile(sectors: tuple[Sector, ...]) -> Profile:
    """Return the shares for an installation's sectors, fitted to the published margins: the city's own, else the national ones."""
    jobs = _jobs()
    members = [float(sector.members) for sector in sectors]
    occupation = fitted([_OCCUPATIONS_IN.get(sector.code, _ANY_SECTOR) for sector in sectors], members, jobs)
    age = fitted([_AGES_OF.get(job, _WORKING_AGES) for job in OCCUPATIONS], jobs, _ages())
    women = published("fuzhou", "党员性别占比", "女")
    woman = fitted([[100 - share, share] for share in _WOMEN_OF], jobs, [100 - women, women])
    halves = [share for row in age for share in (sum(row[:_OLD]), sum(row[_OLD:]))]
    likely = [half for job in OCCUPATIONS for half in _SCHOOLED[job]]
    college = published("fuzhou", "党员", "大专及以上") / published("fuzhou", "党员总数")
    schooled = [college * part / 100 for part in _FINER_COLLEGE] + [(1 - college) * part / 100 for part in _FINER_BELOW]
    eras = [published("national", "入党时间", era) for era in _PUBLISHED_ERAS]
    minorities = published("national", "党员民族", "少数民族") / published("national", "党员总数")
    return Profile(
        Shares(occupation),
        Shares(age),
        Shares(woman),
        Shares(fitted(likely, halves, schooled)),
        Shares(fitted(_ERAS_OF, _ages(), eras)),
        (round((1 - minorities) * 100_000), *(round(minorities * 1000 * part) for part in _OTHERS)),
    )


def _jobs() -> list[float]:
    """Return the shares of the occupations: those at work as the city has them, divided as in the national figures."""
    national = {job: published("national", "党员职业", name) for job, name in _PUBLISHED_OCCUPATIONS.items()}
    at_work = published("fuzhou", "党员占比", "公有制单位在岗职工") + published("fuzhou", "党员占比", "非公企业和社会组织在岗职工")
    working = sum(national[job] for job in AT_WORK)
    others = sum(national.values()) - working
    return [national[job] * at_work / working if job in AT_WORK else national[job] * (100 - at_work) / others for job in OCCUPATIONS]


def _ages() -> list[float]:
    """Return the shares of the age classes: up to 35 as the city has it, divided as in the national figures."""
    national = [published("national", "党员年龄", name) for name in _PUBLISHED_AGES]
    national = national[:-1] + [national[-1] * part for part in _ABOVE_60]
    young = published("fuzhou", "党员占比", "35岁及以下")
    younger, older = sum(national[:_YOUNG]), sum(national[_YOUNG:])
    return [share * young / younger for share in national[:_YOUNG]] + [share * (100 - young) / older for share in national[_YOUNG:]]


@lru_cache(maxsize=8)
def _characters(name: str) -> np.ndarray:
    return np.array(words(name, "people"), dtype=object)


def names(ids: Whole, woman: Truth, young: Truth, stream: str) -> np.ndarray:
    """Return invented names: a surname as common as it is here, and one or two characters of the sex and the time."""
    told = words("surnames", "people")
    surnames, weights = np.array(told[::2], dtype=object), [int(weight) for weight in told[1::2]]
    first, second = np.empty(len(ids), dtype=object), np.empty(len(ids), dtype=object)
    for pool, these in (
        ("men_elder", ~woman & ~young),
        ("men_younger", ~woman & young),
        ("women_elder", woman & ~young),
        ("women_younger", woman & young),
    ):
        characters = _characters(pool)
        first[these] = characters[below(len(characters), f"{stream}/first", ids[these])]
        second[these] = characters[below(len(characters), f"{stream}/second", ids[these])]
    second[below(100, f"{stream}/short", ids) < 14] = ""
    return surnames[pick(weights, f"{stream}/surname", ids)] + first + second
