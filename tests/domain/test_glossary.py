"""The glossary: everything that is shown, asked or set is on it, in the words that rate and draw."""

import pytest

from domain.counted import COUNTED
from domain.definition import TABLES, Topic
from domain.glossary import Installed, Kind, chosen, found, glossary, referring
from domain.index import BRANCH_ITEMS, MEMBER_ITEMS
from domain.index.estimates import ESTIMATES
from domain.indicators import GROUPS, INDICATORS
from domain.rules import RULES
from domain.settings import SETTINGS, Settings
from domain.wording import numbers_in, worded
from seed.weights import weights

_WEIGHTS = weights("village")


def installed(overrides=None, notes=None, version="2026.1"):
    rows = _WEIGHTS[_WEIGHTS["version"] == version]
    return Installed(Settings(overrides), notes or dict.fromkeys(overrides or {}), rows, {"village": "农村"})


@pytest.fixture
def entries():
    return glossary(installed())


def codes(entries, kind):
    return [entry.code for entry in entries if entry.kind is kind]


def test_every_indicator_rule_and_setting_is_on_it_once(entries):
    counted = [each.code for group in COUNTED.values() for each in group]
    assert codes(entries, Kind.INDICATOR) == [*INDICATORS, *counted, *(estimate.code for estimate in ESTIMATES)]
    assert len(set(codes(entries, Kind.INDICATOR))) == len(codes(entries, Kind.INDICATOR))
    assert codes(entries, Kind.RULE) == list(RULES)
    assert codes(entries, Kind.SETTING) == list(SETTINGS)


def test_every_item_of_both_indices_is_on_it_once(entries):
    items = codes(entries, Kind.ITEM)
    assert len(items) == len(set(items)) == len(BRANCH_ITEMS) + len(MEMBER_ITEMS)


def test_what_an_entry_refers_to_is_on_it(entries):
    there = {(entry.kind, entry.code) for entry in entries}
    assert {target for entry in entries for target in entry.refers} <= there


def test_every_setting_is_explained_by_what_uses_it(entries):
    settings = [entry for entry in entries if entry.kind is Kind.SETTING]
    assert [entry.code for entry in settings if not referring(entries, entry)] == []


def test_every_indicator_belongs_to_one_topic():
    assert sum(map(len, GROUPS.values())) == len(INDICATORS)


def test_every_source_has_a_name():
    counted = [each for group in COUNTED.values() for each in group]
    assert {table for indicator in (*INDICATORS.values(), *counted) for table in indicator.sources} <= set(TABLES)


@pytest.mark.parametrize("label", ["公式", "单位", "数据表", "依据", "更新", "可见范围"])
def test_every_indicator_says(entries, label):
    assert all(entry.facts.get(label) for entry in entries if entry.kind is Kind.INDICATOR)


def test_no_fact_is_empty(entries):
    assert all(text for entry in entries for text in entry.facts.values())


def test_a_rule_has_its_sentence_and_its_source(entries):
    theme_day = found(entries, "duty.theme_day", Kind.RULE)
    assert theme_day.facts["规定"] == RULES["duty.theme_day"].sentence
    assert theme_day.facts["依据"].endswith("第十六条")
    assert theme_day.facts["性质"] == "党内法规和文件"


def test_a_number_is_shown_as_the_installation_has_it():
    entries = glossary(installed({"index.green": "85", "star.quota": "0.25"}, {"index.green": "市委2026年通知", "star.quota": None}))
    green = found(entries, "index.green", Kind.SETTING).facts
    assert (green["现值"], green["默认值"], green["本地调整"]) == ("85 分", "80 分", "已调整：市委2026年通知")
    quota = found(entries, "star.quota", Kind.SETTING).facts
    assert (quota["现值"], quota["默认值"], quota["本地调整"]) == ("25%", "30%", "已调整")
    assert "本地调整" not in found(entries, "index.yellow", Kind.SETTING).facts
    assert "不超过25%" in found(entries, "star.quota", Kind.RULE).facts["规定"]


def test_a_formula_follows_the_installation():
    entries = glossary(installed({"index.study_minutes": "600", "duty.late_counts_percent": "25"}))
    assert "600分钟" in found(entries, "branch.study_hours", Kind.ITEM).facts["公式"]
    assert "× 0.25" in found(entries, "attainment", Kind.INDICATOR).facts["公式"]


def test_weights_are_those_of_the_version_with_the_sectors_that_differ():
    now, before = glossary(installed()), glossary(installed(version="2024.1"))
    assert found(now, "branch.study_courses", Kind.ITEM).facts["部分权重"] == "20（农村 15）"
    assert found(now, "branch.life_duties", Kind.ITEM).facts["部分权重"] == "30"
    assert found(before, "branch.life_duties", Kind.ITEM).facts["部分权重"] == "35（农村 30）"
    assert found(now, "branch.life_duties", Kind.ITEM).facts["占本部分"] == "60"


def test_without_a_version_in_force_weights_are_missing_and_never_zero():
    entries = glossary(installed(version="none"))
    assert found(entries, "member.life_attendance", Kind.ITEM).facts["部分权重"] == "—"


def test_the_index_refers_to_its_items_and_a_part_to_its_own(entries):
    assert (Kind.ITEM, "branch.service_records") in found(entries, "fortress", None).refers
    assert [code for kind, code in found(entries, "life_part", None).refers if kind is Kind.ITEM] == [
        "branch.life_duties",
        "branch.life_attendance",
    ]


def test_search_wants_every_word_wherever_it_stands(entries):
    assert [entry.code for entry in chosen(entries, "主题党日 十六", None) if entry.kind is Kind.RULE] == ["duty.theme_day"]
    assert "fortress" in [entry.code for entry in chosen(entries, "FORTRESS", None)]
    assert chosen(entries, "没有这样的词", None) == []


def test_topic_narrows_the_list(entries):
    dues = chosen(entries, "", Topic.DUES)
    assert {entry.kind for entry in dues} == {Kind.INDICATOR, Kind.RULE, Kind.SETTING}
    assert {entry.topic for entry in dues} == {Topic.DUES}
    assert 0 < len(dues) < len(entries)


def test_a_code_of_two_kinds_is_found_by_its_kind(entries):
    assert found(entries, "star.quota", Kind.SETTING).kind is Kind.SETTING
    assert found(entries, "star.quota", None).kind is Kind.RULE
    assert found(entries, "star.quota", Kind.INDICATOR).kind is Kind.RULE
    assert found(entries, "nothing", None) is None


def test_wording_takes_its_numbers_from_the_settings():
    assert worded("不超过{star.quota:%}，{star.five}分", Settings()) == "不超过30%，90分"
    assert numbers_in("{star.five}分，{star.quota:%}，{star.five}") == ("star.five", "star.quota")
