"""Red resources as the demo tells them."""

from seed import fuzhou


def test_every_published_route_tells_its_source_in_full() -> None:
    routes = fuzhou.red()["red_route"].set_index("route_id")
    assert not (routes["source_note"] == fuzhou.DITTO).any()
    assert routes.loc[routes["official"], "source_note"].notna().all()
    assert routes.loc[~routes["official"], "source_note"].isna().all()
    assert routes.loc["RT-04", "source_note"] == routes.loc["RT-02", "source_note"]
