"""The board to compare with: as many figures, charts, tables and maps as a page shows, of constant data.

No database, no sign-in, no filters: what Streamlit and the browser cost by themselves.
"""

import os

import altair as alt
import pandas as pd
import pydeck as pdk
import streamlit as st

FIGURES, CHARTS, TABLES, MAPS = (int(number) for number in os.environ["BARE_BOARD"].split(","))

ROWS = pd.DataFrame({"name": [f"第{number}项" for number in range(1, 13)], "value": [70 + number for number in range(12)]})
SQUARE = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {},
            "geometry": {"type": "Polygon", "coordinates": [[[119, 25], [120, 25], [120, 27], [119, 27], [119, 25]]]},
        }
    ],
}

st.set_page_config(layout="wide")
columns = st.columns(3)
for number in range(FIGURES):
    columns[number % 3].metric(f"指标 {number + 1}", 84.6, 1.2, chart_data=ROWS["value"], border=True)
for number in range(CHARTS):
    with columns[number % 3].container(border=True):
        bars = alt.Chart(ROWS).mark_bar().encode(x="value:Q", y=alt.Y("name:N", sort=None), tooltip=["name", "value"])
        st.altair_chart(bars + bars.mark_text(align="left", dx=4).encode(text="value:Q"), key=f"chart-{number}")
for number in range(TABLES):
    with columns[number % 3].container(border=True):
        st.dataframe(ROWS, key=f"table-{number}", hide_index=True)
for number in range(MAPS):
    layer = pdk.Layer("GeoJsonLayer", SQUARE, id=f"square-{number}", get_fill_color=[200, 80, 60])
    st.pydeck_chart(pdk.Deck(layers=[layer], map_provider=None, initial_view_state=pdk.ViewState(119.5, 26, zoom=7)), key=f"map-{number}")
