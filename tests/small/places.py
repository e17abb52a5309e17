"""The installation itself, its map and its red resources."""

import json

import pandas as pd

from seed.weights import versions, weights
from tests.small.cast import AS_OF, frame


def installation(demo: bool) -> dict[str, pd.DataFrame]:
    values = {"title": "临江市党建云看板", "root_org": "1", "root_place": "990100", "as_of": AS_OF.isoformat(), "scale": "small"}
    sectors = [("village", "农村", False), ("community", "社区", False), ("agency", "机关", False)]
    sectors += [("port", "港航", False), ("private_enterprise", "非公企业", True)]
    return {
        "installation": frame("key value", list((values | ({"demo": "1"} if demo else {})).items())),
        "data_version": frame("id version", [(1, 1)]),
        "sector": frame("code name is_new rank", [(*sector, rank) for rank, sector in enumerate(sectors, 1)]),
        "sector_coverage": frame(
            "place_code sector as_of units covered source",
            [
                ("990100", "private_enterprise", "2026-09-30", 120, 108, "临江市2026年三季度统计"),
                ("990101", "private_enterprise", "2026-09-30", 40, 40, "合成数据"),
                ("990102", "private_enterprise", "2026-09-30", 80, 68, "合成数据"),
            ],
        ),
        "weights_version": versions(),
        "index_weight": weights("village"),
    }


def _square(west: float, east: float) -> str:
    ring = [[west, 30.0], [east, 30.0], [east, 30.4], [west, 30.4], [west, 30.0]]
    return json.dumps({"type": "Polygon", "coordinates": [ring]})


def places() -> dict[str, pd.DataFrame]:
    invented = "为测试虚构"
    places = [
        ("990000", "示例省", "province", None, None, None, None, None),
        ("990100", "临江市", "city", "990000", 120.45, 30.2, _square(120.0, 120.9), invented),
        ("990101", "上游区", "district", "990100", 120.15, 30.2, _square(120.0, 120.3), invented),
        ("990102", "江心区", "district", "990100", 120.45, 30.2, _square(120.3, 120.6), invented),
        ("990103", "海门县", "district", "990100", 120.75, 30.2, _square(120.6, 120.9), invented),
        ("990101100", "柳渡镇", "town", "990101", 120.1, 30.1, None, invented),
        ("990101101", "高塘镇", "town", "990101", None, None, None, invented),
        ("990102001", "江心街道", "town", "990102", 120.45, 30.25, None, invented),
        ("990103200", "潮头乡", "town", "990103", 120.8, 30.3, None, invented),
        ("990101100200", "柳渡村", "village", "990101100", None, None, None, invented),
    ]
    sites = [
        ("LJ-01", "柳渡农会旧址", "革命旧址/纪念馆", "990101", "柳渡镇", 120.11, 30.12, 100, "大革命", True),
        ("LJ-02", "<b>**江心** $塔$ :red[x]</b>", "烈士陵园", "990102", None, 120.44, 30.21, 2500, "抗战/解放", True),
        ("LJ-03", "江心老街", "周边景点", "990102", "江心街道", 120.445, 30.212, 500, None, False),
    ]
    return {
        "place": frame("code name level parent_code lon lat boundary source", places),
        "red_site": frame("site_id name type district_code town lon lat precision_m era revolutionary", sites).assign(
            verified=True, address="示例路1号", theme="农民运动", source_quality="press/official"
        ),
        "red_route": frame(
            "route_id name theme mode official extra_stops",
            [
                ("R-1", "柳渡—江心红色线", "农民运动", "车行半日", True, "上滩交通站→石埠渡口"),
                ("R-2", "江心步行线", "抗战", "步行半日", False, None),
            ],
        ),
        "red_stop": frame("route_id seq site_id", [("R-1", 1, "LJ-01"), ("R-1", 2, "LJ-02"), ("R-2", 1, "LJ-02"), ("R-2", 2, "LJ-03")]),
        "nearby_place": frame("site_id near_site_id metres", [("LJ-02", "LJ-03", 530), ("LJ-03", "LJ-02", 530)]),
    }
