"""The fortress index 堡垒指数 (a branch) and the pioneer index 先锋指数 (a member), 0–100, rated every quarter.

Counts become items, items parts, parts a score; each step is a function of its own, so that the same functions rate a city and
explain one branch:

    items = branch_items(counts, settings)
    shares = parts(items, weights)
    scores = rate(shares, weights, extras, settings)

Frames are aligned by their index: a row of `counts` is the same subject in every frame that comes of it.

Three kinds of missing are kept apart. *Not applicable*: the item's `…_applies` is False, and the other weights are scaled up to
100. *Unknown*, or not yet due: it applies but has no share; it is left out too, but its weight is missed, and with less than 60 of
100 standing nobody is rated. *Not reported*: the counts say that something was due, so that the share is 0.
"""

from domain.index.items import BRANCH_ITEMS, MEMBER_ITEMS, Item, branch_items, member_items
from domain.index.scores import LEAST_PEERS, group, light, medians, of_enough, parts, points, rank, rate
from domain.index.weights import Subject, template, version_on

__all__ = [
    "BRANCH_ITEMS",
    "LEAST_PEERS",
    "MEMBER_ITEMS",
    "Item",
    "Subject",
    "branch_items",
    "group",
    "light",
    "medians",
    "member_items",
    "of_enough",
    "parts",
    "points",
    "rank",
    "rate",
    "template",
    "version_on",
]
