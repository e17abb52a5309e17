"""Where on the map a reader is: the way from the top of what they may see down to the chosen place, in the URL."""

from collections.abc import Sequence

import streamlit as st

from components import filters, text
from data_access.cache import Reader
from data_access.queries import places
from data_access.queries.distribution import Chosen
from data_access.queries.places import UNPLACED, Place
from domain.vocabulary import PlaceLevel

HOLDERS = {PlaceLevel.CITY: "city", PlaceLevel.DISTRICT: "place", PlaceLevel.TOWN: "town"}  # the URL parameter of each level

Way = Sequence[Place]


def asked(reader: Reader, start: Way) -> Way:
    """Return the way to the smallest place that the URL names; one that does not lead through `start` gives `start` and a note."""
    given = [code for name in ("town", "place", "city") if (code := st.query_params.get(name))]
    if not given:
        return start
    code, *above = given
    way = reader.read(places.chain, above[0] if code == UNPLACED and above else code)
    if not _begins_with(way, start) or (code == UNPLACED and way[-1].level != PlaceLevel.DISTRICT):
        filters.note("链接中的地点不存在，或不在您的查看范围内，已显示可查看的全部地区。", *HOLDERS.values())
        return start
    if not {*above} <= {place.code for place in way}:
        filters.note("链接中的县区与乡镇不是上下级，已显示乡镇所在的县区。", *HOLDERS.values())
    return [*way, Place(UNPLACED, "属地未标明", PlaceLevel.TOWN)] if code == UNPLACED else way


def narrowed(chosen: Chosen, way: Way) -> Chosen:
    """Return `chosen` at the end of the way: a town is its district, narrowed to it."""
    if way[-1].level == PlaceLevel.TOWN and len(way) > 1:
        return chosen.at(way[-2].code, way[-1].code)
    return chosen.at(way[-1].code)


def go(reader: Reader, code: object, way: Way, start: Way) -> None:
    """Lead to the place of that code, or to what stands in no known town of the present one; nowhere for any other code."""
    if code == UNPLACED:
        beneath = [*way, Place(UNPLACED, "", PlaceLevel.TOWN)] if way[-1].level == PlaceLevel.DISTRICT else []
    else:
        beneath = reader.read(places.chain, str(code))
    if _begins_with(beneath, start) and [place.code for place in beneath] != [place.code for place in way]:
        filters.write(**_held(beneath, start))
        st.rerun()


def breadcrumb(way: Way, start: Way) -> None:
    """Draw the way; each step leads back up to it and keeps the other filters."""
    for depth in range(len(start) - 1, len(way)):
        here = depth == len(way) - 1
        st.button(
            text.plain(way[depth].name),
            key=f"place-{depth}",
            type="tertiary",
            disabled=here,
            on_click=filters.write,
            kwargs=_held(way[: depth + 1], start),
            width="content",
        )
        if not here:
            st.caption("›", width="content")


def _held(way: Way, start: Way) -> dict[str, str | None]:
    """The URL parameters that name the end of a way; the top needs none."""
    below = {HOLDERS[place.level]: place.code for place in way[len(start) :] if place.level in HOLDERS}
    return {name: below.get(name) for name in HOLDERS.values()}


def _begins_with(way: Way, start: Way) -> bool:
    return [place.code for place in way[: len(start)]] == [place.code for place in start]
