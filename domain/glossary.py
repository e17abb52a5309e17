"""The glossary (指标口径): every indicator, item of the indices, rule and number, as one list of entries that cannot drift.

Everything is worded from the definitions that rate, draw and explain (`domain.indicators`, `domain.index`, `domain.rules`,
`domain.settings`), with the numbers and weights of the installation.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from domain.counted import COUNTED, Counted
from domain.definition import READERS, TABLES, Indicator, Refresh, Topic, seen_by
from domain.index import BRANCH_ITEMS, MEMBER_ITEMS, Item, Subject
from domain.index.estimates import ESTIMATES, Estimate
from domain.index.weights import EVERY_SECTOR
from domain.indicators import GROUPS
from domain.rules import RULES, Rule
from domain.settings import LOCAL, SETTINGS, Number, Setting, Settings
from domain.vocabulary import Part, Term
from domain.wording import numbers_in, worded


class Kind(Term):
    """What an entry defines."""

    INDICATOR = "indicator", "指标"
    ITEM = "item", "评分项"
    RULE = "rule", "规则"
    SETTING = "setting", "参数"


# What the first word of a rule's or a setting's key is about.
_HEADS = {
    "org": Topic.ORGANISATIONS,
    "term": Topic.ORGANISATIONS,
    "election": Topic.ORGANISATIONS,
    "duty": Topic.LIFE,
    "dues": Topic.DUES,
    "admission": Topic.ADMISSION,
    "clock": Topic.ADMISSION,
    "task": Topic.TASKS,
    "study": Topic.STUDY,
    "service": Topic.STUDY,
    "index": Topic.INDEX,
    "escalation": Topic.INDEX,
    "star": Topic.STARS,
    "data": Topic.DATA,
}


_RATED: Mapping[Subject, tuple[Item, ...]] = {Subject.BRANCH: BRANCH_ITEMS, Subject.MEMBER: MEMBER_ITEMS}


def _code(subject: Subject, item: Item) -> str:
    return f"{subject.value}.{item.column}"


# The items that an index, or a part of it, is made of.
_ITEMS = {
    "fortress": [_code(Subject.BRANCH, item) for item in BRANCH_ITEMS],
    "pioneer": [_code(Subject.MEMBER, item) for item in MEMBER_ITEMS],
    **{f"{part.value}_part": [_code(Subject.BRANCH, item) for item in BRANCH_ITEMS if item.part is part] for part in Part},
}


@dataclass(frozen=True)
class Entry:
    """One definition: its kind, code (unique in its kind), topic, title, facts ({label: text}, in order), and what it refers to."""

    kind: Kind
    code: str
    topic: Topic
    title: str
    facts: Mapping[str, str]
    refers: tuple[tuple[Kind, str], ...] = ()

    def holds(self, words: Sequence[str]) -> bool:
        """True where every word stands in the title, the code or the facts, in capitals or not."""
        told = " ".join((self.title, self.code, *self.facts.values())).lower()
        return all(word.lower() in told for word in words)


@dataclass(frozen=True)
class Installed:
    """What is the installation's own: its numbers, the notes of those that it has changed, the weights in force, its sectors.

    `notes` has a key for every override. `weights` are the rows of one version (subject, sector, part, item, weight), none where no
    version is in force; `sectors` is {code: name}.
    """

    settings: Settings
    notes: Mapping[str, str | None]
    weights: pd.DataFrame
    sectors: Mapping[str, str]


def glossary(installed: Installed) -> list[Entry]:
    """Return every entry, each kind in the order of its definition: indicators by topic, what pages count, estimates,
    items of the indices, rules, numbers.
    """
    weights: dict[tuple[str, str, str], dict[str, float]] = {}
    for row in installed.weights.to_dict("records"):
        weights.setdefault((row["subject"], row["part"], row["item"]), {})[row["sector"]] = row["weight"]
    return [
        *(_indicator(indicator, topic, installed.settings) for topic, group in GROUPS.items() for indicator in group),
        *(_counted(counted, topic, installed.settings) for topic, group in COUNTED.items() for counted in group),
        *map(_estimate, ESTIMATES),
        *(_item(subject, item, weights, installed) for subject, items in _RATED.items() for item in items),
        *(_rule(rule, installed.settings) for rule in RULES.values()),
        *(_setting(setting, installed) for setting in SETTINGS.values()),
    ]


def chosen(entries: Sequence[Entry], words: str, topic: Topic | None) -> list[Entry]:
    """Return the entries of a topic (None: of all) that hold every word of `words`."""
    wanted = words.split()
    return [entry for entry in entries if (topic is None or entry.topic is topic) and entry.holds(wanted)]


def found(entries: Sequence[Entry], code: str, kind: Kind | None) -> Entry | None:
    """Return the entry of that code, of `kind` where there is one and of the first kind that has it otherwise; None for no code of ours."""
    coded = [entry for entry in entries if entry.code == code]
    return next((entry for entry in coded if entry.kind is kind), coded[0] if coded else None)


def referring(entries: Sequence[Entry], entry: Entry) -> list[Entry]:
    """Return the entries that refer to this one: what stands on a rule or a number."""
    return [other for other in entries if (entry.kind, entry.code) in other.refers]


def _indicator(indicator: Indicator, topic: Topic, settings: Settings) -> Entry:
    facts = {
        "公式": indicator.formula(settings),
        "单位": indicator.unit,
        "同时显示": indicator.base_name,
        "说明": indicator.note,
        "数据表": "、".join(f"{TABLES[table]}（{table}）" for table in indicator.sources),
        "汇总表": f"{indicator.board.label}（{indicator.board.value}）",
        "依据": indicator.regulation,
        "更新": indicator.refresh.label,
        "可见范围": indicator.seen_by,
    }
    items = _ITEMS.get(indicator.code, ())
    refers = (
        *((Kind.RULE, rule) for rule in indicator.rules),
        *((Kind.ITEM, code) for code in items),
        *((Kind.SETTING, key) for key in indicator.settings),
    )
    return Entry(Kind.INDICATOR, indicator.code, topic, indicator.name, _told(facts), refers)


def _counted(counted: Counted, topic: Topic, settings: Settings) -> Entry:
    facts = {
        "公式": worded(counted.formula, settings),
        "单位": counted.unit,
        "说明": counted.note,
        "数据表": "、".join(f"{TABLES[table]}（{table}）" for table in counted.sources),
        "依据": counted.regulation,
        "更新": Refresh.IMPORT.label,
        "可见范围": seen_by(READERS),
    }
    refers = (*((Kind.RULE, rule) for rule in counted.rules), *((Kind.SETTING, key) for key in counted.settings))
    return Entry(Kind.INDICATOR, counted.code, topic, counted.name, _told(facts), refers)


def _estimate(estimate: Estimate) -> Entry:
    facts = {
        "公式": estimate.formula,
        "单位": "分",
        "说明": estimate.note,
        "数据表": f"{TABLES['org_score']}（org_score）、{TABLES['member_score']}（member_score）",
        "依据": LOCAL,
        "更新": Refresh.IMPORT.label,
        "可见范围": seen_by(READERS),
    }
    return Entry(Kind.INDICATOR, estimate.code, Topic.INDEX, estimate.name, facts)


def _item(subject: Subject, item: Item, weights: Mapping[tuple[str, str, str], dict[str, float]], installed: Installed) -> Entry:
    facts = {
        "公式": worded(item.wording, installed.settings),
        "单位": "得分率（0—1）",
        "对象": subject.label,
        "部分": item.part.label,
        "部分权重": _weighed(weights.get((subject.value, item.part.value, "")), installed.sectors),
        "占本部分": _weighed(weights.get((subject.value, item.part.value, item.code)), installed.sectors),
        "数据来源": item.source.label,
        "依据": LOCAL,
    }
    refers = tuple((Kind.SETTING, key) for key in numbers_in(item.wording))
    return Entry(Kind.ITEM, _code(subject, item), Topic.INDEX, item.name, _told(facts), refers)


def _weighed(by_sector: dict[str, float] | None, sectors: Mapping[str, str]) -> str:
    """Word a weight of 100, and the sectors whose own template has another: 20（农村 15）."""
    if not by_sector:
        return "—"
    general = by_sector.get(EVERY_SECTOR)
    own = "、".join(
        f"{sectors.get(code, code)} {weight:g}" for code, weight in by_sector.items() if code != EVERY_SECTOR and weight != general
    )
    return ("—" if general is None else f"{general:g}") + (f"（{own}）" if own else "")


def _rule(rule: Rule, settings: Settings) -> Entry:
    facts = {
        "规定": rule.worded(settings),
        "依据": rule.source,
        "性质": _nature(rule.local),
        "数据来源": rule.source_kind.label,
        "下一步": rule.next_step,
    }
    refers = tuple((Kind.SETTING, key) for key in rule.settings)
    return Entry(Kind.RULE, rule.rule_id, _topic(rule.rule_id), rule.title, _told(facts), refers)


def _setting(setting: Setting, installed: Installed) -> Entry:
    changed = setting.key in installed.notes
    facts = {
        "现值": _amount(setting, installed.settings[setting.key]),
        "默认值": _amount(setting, setting.default),
        "本地调整": ("已调整" + (f"：{installed.notes[setting.key]}" if installed.notes[setting.key] else "")) if changed else "",
        "可取值": _bounds(setting),
        "依据": setting.source,
        "性质": _nature(setting.local),
    }
    return Entry(Kind.SETTING, setting.key, _topic(setting.key), setting.label, _told(facts))


def _amount(setting: Setting, number: Number) -> str:
    return f"{number:.0%}" if setting.unit == "比例" else f"{number:g} {setting.unit}"


def _bounds(setting: Setting) -> str:
    if setting.choices:
        return "、".join(map(str, setting.choices)) + f" {setting.unit}"
    return f"{_amount(setting, setting.low)} 至 {_amount(setting, setting.high)}"


def _nature(local: bool) -> str:
    return LOCAL if local else "党内法规和文件"


def _topic(key: str) -> Topic:
    return _HEADS[key.partition(".")[0]]


def _told(facts: dict[str, str]) -> dict[str, str]:
    return {label: text for label, text in facts.items() if text}
