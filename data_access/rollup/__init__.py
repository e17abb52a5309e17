"""Rolling up: facts and ratings become the figures that pages read, for every organisation of the tree and every period."""

from collections.abc import Callable

from sqlalchemy import Engine

from data_access.counting.reading import Reading
from data_access.engine import changing
from data_access.rollup.duties import duty_rows
from data_access.rollup.events import events, scores
from data_access.rollup.explanations import sum_rows
from data_access.rollup.figures import Figures
from data_access.rollup.sources import source_rows
from data_access.rollup.tallies import tally_rows
from data_access.rollup.tasks import task_rows
from data_access.rollup.tree import Tree
from data_access.rollup.writing import replace
from data_access.schema.counts import index_sum
from data_access.schema.ratings import duty_figure, figure, source_state, tally, task_figure

Progress = Callable[[str], None]


def roll_up(engine: Engine, progress: Progress | None = None) -> None:
    """Roll up everything that has been rated, in one transaction. Rolling up twice changes nothing.

    `progress` is told in Chinese what is being done.
    """
    with changing(engine) as connection:
        roll_up_within(Reading.of(connection), progress or (lambda _: None))


def roll_up_within(reading: Reading, progress: Progress) -> None:
    """Roll up everything that has been rated, in the transaction of `reading`."""
    connection, settings = reading.connection, reading.settings
    progress("汇总记录")
    counted, assignments, applicants = reading.counted, reading.assignments, reading.applicants
    tree = Tree(connection, counted.organisations)
    progress("汇总各级指标")
    happened = events(connection, counted, assignments, settings)
    replace(connection, figure, list(Figures(connection, counted, tree, happened, scores(connection)).rows()))
    progress("汇总评分项")
    replace(connection, index_sum, list(sum_rows(connection, counted, tree, settings)))
    progress("汇总组织生活")
    replace(connection, duty_figure, list(duty_rows(connection, counted, tree)))
    progress("汇总构成")
    replace(connection, tally, [tally_rows(connection, counted, tree, applicants, settings)])
    progress("汇总任务进度")
    replace(connection, task_figure, list(task_rows(connection, counted.organisations, counted.today, tree, assignments)))
    progress("汇总数据来源")
    replace(connection, source_state, [source_rows(connection, counted, tree, applicants)])
