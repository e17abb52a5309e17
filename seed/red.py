"""Red resources beyond the public record's own rows: what stands near a site."""

import numpy as np
import pandas as pd

from domain.geography import EARTH_RADIUS_M

_NEAR_M = 3_000
_MOST = 5


def nearby_rows(sites: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of table `nearby_place`: the five nearest sites within three kilometres, in whole ten metres."""
    longitude, latitude = np.radians(sites["lon"].to_numpy()), np.radians(sites["lat"].to_numpy())
    half_lat = np.sin((latitude[:, None] - latitude) / 2) ** 2
    half_lon = np.sin((longitude[:, None] - longitude) / 2) ** 2
    arc = 2 * np.arcsin(np.sqrt(half_lat + np.cos(latitude)[:, None] * np.cos(latitude) * half_lon))
    metres = np.round(arc * EARTH_RADIUS_M / 10).astype(np.int64) * 10
    np.fill_diagonal(metres, _NEAR_M + 1)
    ids = sites["site_id"].to_numpy(dtype=object)
    order = np.argsort(metres, axis=1, kind="stable")[:, :_MOST]
    table = pd.DataFrame(
        {
            "site_id": np.repeat(ids, order.shape[1]),
            "near_site_id": ids[order.ravel()],
            "metres": np.take_along_axis(metres, order, axis=1).ravel(),
        }
    )
    return table[table["metres"] <= _NEAR_M]
