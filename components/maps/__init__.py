"""Maps without tiles: functions from frames to a deck; `finish` and `show` take them to the page."""

from components.maps.finishing import Map, finish, show

__all__ = ["Map", "finish", "show"]
