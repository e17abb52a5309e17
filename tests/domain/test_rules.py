"""The registry of rules: complete, quotable, and with no number written twice."""

import re

import pytest

from domain import rules
from domain.rules import RULES
from domain.settings import LOCAL, SETTINGS, Settings
from domain.vocabulary import Duty

PLACEHOLDER = re.compile(r"\{([^}]*)\}")


def test_every_named_rule_is_registered():
    named = {
        value
        for name, value in vars(rules).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, str) and "." in value.rstrip(".")
    }
    assert named | {rules.duty_rule(duty) for duty in Duty} == set(RULES)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.rule_id)
def test_every_rule_can_be_quoted_on_a_screen(rule):
    assert rule.sentence.endswith("。")
    assert "{" not in rule.sentence
    assert rule.title and rule.next_step.endswith("。")
    assert rule.local == (rule.source == LOCAL)
    assert len(rule.rule_id) <= 40


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.rule_id)
def test_a_sentence_takes_its_numbers_from_known_settings(rule):
    for key in PLACEHOLDER.findall(rule.wording):
        assert key.removesuffix(":%") in SETTINGS


def test_a_local_sentence_follows_the_installation():
    changed = Settings({"task.yellow_behind": "10", "star.quota": "0.25"})
    assert "落后计划10个百分点" in RULES[rules.TASK_PROGRESS].worded(changed)
    assert "落后计划15个百分点" in RULES[rules.TASK_PROGRESS].sentence
    assert "不超过25%" in RULES[rules.STAR_QUOTA].worded(changed)


@pytest.mark.parametrize(
    ("duty", "article"),
    [
        (Duty.GENERAL_MEETING, "第十一条"),
        (Duty.COMMITTEE_MEETING, "第十二条"),
        (Duty.GROUP_MEETING, "第十三条"),
        (Duty.THEME_DAY, "第十六条"),
        (Duty.LIFE_MEETING, "第十七条"),
        (Duty.REVIEW, "第十八条"),
        (Duty.TALK, "第十九条"),
        (Duty.LECTURE, LOCAL),
    ],
)
def test_duties_cite_their_article(duty, article):
    assert RULES[rules.duty_rule(duty)].source.endswith(article)


@pytest.mark.parametrize(
    ("rule_id", "light", "step"),
    [
        (rules.TASK_PROGRESS, "grey", rules.UNTOLD),
        (rules.TASK_PROGRESS, "red", rules.RULES[rules.TASK_PROGRESS].next_step),
        (rules.DATA_ANOMALY, "grey", rules.RULES[rules.DATA_ANOMALY].next_step),
        (rules.DATA_MISSING, "grey", rules.RULES[rules.DATA_MISSING].next_step),
        ("duty.lecture", "yellow", rules.MADE_UP),
        ("no.such", "grey", None),
    ],
)
def test_the_next_step_follows_the_light(rule_id: str, light: str, step: str | None) -> None:
    assert rules.next_step(rule_id, light) == step
