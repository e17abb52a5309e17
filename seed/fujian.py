"""The province as an installation for benchmarks: ten cities of Fuzhou's size, without maps below the city."""

from dataclasses import replace

import pandas as pd

from seed import fuzhou
from seed.atlas import Atlas, City, District, Town, Village

_CITIES = 10
_INVENTED = "为压力测试虚构"
_PREFIXES = ("FZ", "XM", "PT", "SM", "QZ", "ZZ", "NP", "LY", "ND", "ZX")


def atlas() -> Atlas:
    """Return the province: nine real boundaries and a tenth, invented city without one; districts and below are invented."""
    model = fuzhou.atlas("city")
    told = fuzhou.places()
    real: list[dict] = told[told["level"] == "city"].to_dict("records")
    invented: dict = {"code": "351000", "name": "榕北市", "boundary": None, "lon": None, "lat": None}
    cities = tuple(_city(place, prefix) for place, prefix in zip([*real, invented][:_CITIES], _PREFIXES, strict=True))
    rows = [told.iloc[0].to_dict(), *real, {**invented, "level": "city", "parent_code": fuzhou.PROVINCE, "source": _INVENTED}]
    for city in cities:
        for district in city.districts:
            rows.append(_place(district.code, district.name, "district", city.code))
            for town in district.towns:
                rows.append(_place(town.code, town.name, "town", district.code))
                rows += [_place(village.code, village.name, "village", town.code) for village in town.villages]
    return replace(
        model,
        title="福建省党建云看板（压力测试）",
        scale="province",
        root_name="中共福建省委员会",
        root_place=fuzhou.PROVINCE,
        cities=cities,
        places=pd.DataFrame(rows)[told.columns],
        coverage=model.coverage.iloc[:0],
        red={},
    )


def _place(code: str, name: str, level: str, parent: str) -> dict:
    return {"code": code, "name": name, "level": level, "parent_code": parent, "source": _INVENTED}


def _city(place: dict, prefix: str) -> City:
    """Return a city with as many invented districts, towns and villages as the model has real ones."""
    code, name = str(place["code"]), str(place["name"])
    districts = []
    for number, district in enumerate(fuzhou.city().districts, 1):
        own = f"{code[:4]}{number:02d}"
        towns = tuple(_town(own, at, town) for at, town in enumerate(district.towns, 1))
        districts.append(District(own, f"{name}第{number}片区", district.weight, district.standing, None, None, towns))
    boundary = place["boundary"] if isinstance(place["boundary"], str) else None
    return City(code, name, prefix, boundary, None, tuple(districts))


def _town(district: str, number: int, model: Town) -> Town:
    code, kind = f"{district}{number:03d}", "街道" if model.street else "镇"
    villages = tuple(
        Village(f"{code}{at:03d}", f"第{at}{'社区' if village.community else '村'}", village.community)
        for at, village in enumerate(model.villages, 1)
    )
    return Town(code, f"第{number}{kind}", model.street, None, None, villages)
