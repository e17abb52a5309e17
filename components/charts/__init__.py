"""Charts: functions from a frame to an Altair chart, by subject; `finish` and `show` take them to the page."""

from components.charts.finishing import Drawing, choosing, finish, show

__all__ = ["Drawing", "choosing", "finish", "show"]
