"""What a story is told of: its cast, the figures as they were and as they are on stage, and the wall that its panels hang on."""

from dataclasses import dataclass
from datetime import date, timedelta

from data_access.cache import Reader
from data_access.queries import evidence, organisations, overview, story
from data_access.queries.evidence import Opened
from data_access.queries.organisations import Organisation
from data_access.queries.rolled import Cut
from data_access.queries.story import Cast, Standing
from data_access.what_if import MeetingHeld, TaskFinished
from domain.period import Period
from domain.vocabulary import Duty
from pages.command.wall.screen import Screen
from pages.shared.masthead import current_quarter

SATURDAY = 5  # as `date.weekday` counts


@dataclass(frozen=True)
class Told:
    """A story and its figures: `before` in the demo, `now` on stage. `screen` is what the stage's panels are drawn for."""

    screen: Screen
    cast: Cast
    before: Standing
    now: Standing

    @property
    def reader(self) -> Reader:
        """The reader of what is on stage."""
        return self.screen.reader

    @property
    def root(self) -> Organisation:
        """The organisation whose story it is."""
        return self.screen.focus

    @property
    def period(self) -> Period:
        """The quarter that is told of."""
        return self.screen.period

    @property
    def place(self) -> Cut:
        """The district of the story; everything where there is but one."""
        return Cut(place=self.cast.district.code) if self.cast.district else Cut()

    @property
    def meeting(self) -> MeetingHeld | None:
        """The meeting that may be made up on stage."""
        missed, branch = self.cast.missed, self.cast.branch
        return MeetingHeld(branch.org_id, missed.duty, missed.period) if missed and branch else None

    @property
    def finish(self) -> TaskFinished | None:
        """The task that may be finished on stage."""
        return TaskFinished(self.cast.late.assignment_id) if self.cast.late else None

    @property
    def duty(self) -> str:
        """The missed meeting in words: its period and kind."""
        missed = self.cast.missed
        return f"{Period.parse(missed.period).label}{Duty(missed.duty).label}" if missed else ""

    def light(self, reader: Reader | None = None) -> Opened | None:
        """The missed meeting's light, as it is in the demo."""
        missed, asked = self.cast.missed, reader or self.reader
        return asked.read(evidence.opened, missed.light_id, asked.today) if missed and missed.light_id is not None else None

    @property
    def saturday(self) -> date:
        """The coming Saturday; today where it is one."""
        today = self.reader.today
        return today + timedelta(days=(SATURDAY - today.weekday()) % 7)


def told(source: Reader, on_stage: Reader) -> Told | None:
    """Find the story in the demo and read its figures; None where the reader's scope holds no organisation.

    The cast is found in the demo, whatever has happened on stage, so that the story stays the same.
    """
    root = source.read(organisations.root)
    if root is None:
        return None
    period = current_quarter(source.today)
    cast = source.read(story.cast, root.org_id, root.path, period.code, source.today)
    asked = (root.org_id, cast, period.code, source.today)
    before, now = source.read(story.standing, *asked), on_stage.read(story.standing, *asked)
    marked = (cast.branch.org_code,) if cast.branch else ()
    return Told(Screen(on_stage, root, period, marked), cast, before, now)


def weakest_part(found: Told) -> tuple[str, float] | None:
    """The part of which the story's district got the smallest share, in percent; None where none stands."""
    parts = found.reader.read(overview.parts, found.root.org_id, found.place, found.period).dropna(subset=["value"])
    if parts.empty:
        return None
    row = parts.sort_values("value", kind="stable").iloc[0]
    return str(row["name"]), float(row["value"])
