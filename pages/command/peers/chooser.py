"""Who is compared: the organisations of the URL as cards, and ways to add one — by search, or from the suggestions."""

import pandas as pd
import streamlit as st

from components import cards, filters, palette, tables, text
from components.charts.peers import LETTERS
from data_access.cache import Reader
from data_access.queries import branch, explain, organisations, peers, weakest
from data_access.queries.rolled import Cut
from domain.index import LEAST_PEERS
from domain.vocabulary import OrgKind
from pages.shared import definitions, go, oddities, parts
from pages.shared.view import View

PARAMETER = "orgs"
MOST = len(LETTERS)
_ROWS = 18  # of each list to begin with
NOBODY = "您的权限范围内没有同类、同领域的其他组织"


def codes(view: View) -> tuple[str, ...]:
    """Return the codes of the URL, each once, at most as many as can be compared; a branch in focus where the URL names none."""
    given = dict.fromkeys(code for code in st.query_params.get(PARAMETER, "").split(",") if code)
    if len(given) > MOST:
        filters.note(f"最多比较 {MOST} 个组织，已显示前 {MOST} 个。", PARAMETER)
    if not given and view.kind is OrgKind.BRANCH:
        return (view.org_code,)
    return tuple(given)[:MOST]


def _write(chosen: list[str]) -> None:
    filters.write(**{PARAMETER: ",".join(chosen) or None})


def begin(reader: Reader, view: View) -> None:
    """Draw the ways to a first organisation: the weakest branches, and those right below the focus."""
    st.info("选择要比较的组织：在下面点选，或在右上角“查找组织”中打开一个支部后回到本页。最多四个。", icon=":material/compare_arrows:")
    left, right = st.columns([2, 3], gap="small")
    period = view.period
    told = definitions.hover(reader, "fortress", "loss")
    with left, cards.card("最需要找差距的支部", base=f"{period.label}堡垒指数最低", help=told, key="peers-weakest"):
        rows = reader.read(weakest.weakest, view.path, Cut(view.place, view.sector), period.code, _ROWS)
        if rows.empty:
            cards.nothing_yet("本季还没有评定")
        else:
            columns = {
                "light": tables.light("状态", theme=reader.theme),
                "name": tables.text("支部", width=190),
                "score": tables.score("堡垒指数"),
                "part": tables.text("失分最多", width=80),
            }
            tables.table(rows, columns=columns, key="peers-weakest", height=tables.tall(rows, _ROWS), on_select=_start)
    with right, cards.card("下级组织", base="按隶属 · 点选一行加入比较", help=definitions.hover(reader, "fortress"), key="peers-below"):
        below = reader.read(branch.children, view.org_id, period.code)
        if below.empty:
            cards.nothing_yet("没有下级组织")
            return
        columns = {
            "name": tables.text("组织"),
            "light": tables.light("状态", theme=reader.theme),
            "total": tables.bar("堡垒指数"),
            "branches": tables.count("支部"),
            "members": tables.count("党员"),
        }
        tables.table(below, columns=columns, key="peers-below", height=tables.tall(below, _ROWS), on_select=_start)


def _start(row: dict) -> None:
    _write([row["org_code"]])
    st.rerun()


def render(reader: Reader, view: View, rows: pd.DataFrame) -> None:
    """Draw a card an organisation, and one to add another while there is room."""
    chosen = rows["org_code"].tolist()
    places = st.columns(MOST, gap="small")
    for place, letter, row in zip(places, LETTERS, rows.to_dict("records"), strict=False):
        with place:
            _organisation(reader, view, letter, row, chosen)
    if len(chosen) < MOST:
        with places[len(chosen)]:
            _more(reader, view, rows.iloc[0].to_dict(), chosen)


def _organisation(reader: Reader, view: View, letter: str, row: dict, chosen: list[str]) -> None:
    code = row["org_code"]
    with cards.card(f"{letter}　{text.plain(row['name'])}", key=f"peer-{letter}"):
        where = [OrgKind(row["kind"]).label, row["sector_name"], row["district_name"]]
        st.caption(" · ".join(text.plain(word) for word in where if isinstance(word, str)))
        rated = pd.notna(row["total"])
        score, size = st.columns(2, gap="small")
        label = "堡垒指数" + ("（暂评）" if view.provisional else "")
        score.metric(label, f"{row['total']:.1f}" if rated else cards.MISSING, help=definitions.hover(reader, "fortress"))
        people = f"{row['members']:,.0f} :small[名]" if pd.notna(row["members"]) else cards.MISSING
        size.metric("党员", people, help=definitions.hover(reader, "members"))
        st.markdown(_standing(row))
        explained = reader.read(explain.explained, int(row["org_id"]), view.period.code)
        if explained is not None:
            oddities.lines(explained.oddities)
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key=f"peer-tools-{letter}"):
            go.link("branch", "画像", icon=":material/account_balance:", org=code, period=st.query_params.get("period"))
            if chosen[0] != code:
                first = [code, *(other for other in chosen if other != code)]
                st.button("设为基准", key=f"base-{letter}", type="tertiary", icon=":material/flag:", on_click=_write, args=(first,))
            left = [other for other in chosen if other != code]
            if left or view.kind is not OrgKind.BRANCH:  # a branch in focus is compared by itself where no other is named
                st.button("移除", key=f"drop-{letter}", type="tertiary", icon=":material/close:", on_click=_write, args=(left,))


def _standing(row: dict) -> str:
    """Say which light the index has and which rank, or on how many branches it stands."""
    if pd.isna(row["total"]):
        return ":gray[本季未评定：可评的部分不足，或数据缺失]"
    light = palette.mark(row["light"])
    if pd.notna(row["rank"]):
        return f"{light} · 同类第 **{row['rank']:,.0f}** / {row['peers']:,.0f}"
    return f"{light} · {row['rated']:,.0f} / {row['branches']:,.0f} 个支部参评"


def _more(reader: Reader, view: View, first: dict, chosen: list[str]) -> None:
    """Search the scope for another one, or take a suggestion: alike, near in size, with a better index."""
    with cards.card("加入比较", base=f"还可加 {MOST - len(chosen)} 个", key="peer-more"):
        _search(reader, chosen)
        like = (int(first["org_id"]), first["kind"], first["sector"] if isinstance(first["sector"], str) else None)
        others = reader.read(peers.candidates, *like)
        if not others:
            st.caption(NOBODY + _elsewhere(reader, view, like))
            return
        found = reader.read(peers.suggestions, *like, view.period.code)
        found = found[~found["org_code"].isin(chosen)].head(5)
        if found.empty:
            st.caption(f"范围内有 {others:,} 个同类组织，没有比 {LETTERS[0]} 指数更高的可建议。")
            return
        st.caption(f"建议：与 {LETTERS[0]} 同类、规模相近、指数更高")
        with st.container(gap="xxsmall", key="found-suggestions"):
            for row in found.to_dict("records"):
                label = f"{text.plain(row['name'])} :small[:gray[{row['total']:.1f} 分]]"
                size = f"{row['members']:,.0f} 名党员"
                add = ([*chosen, row["org_code"]],)
                key = f"suggest-{row['org_code']}"
                st.button(label, key=key, type="tertiary", icon=":material/add:", help=size, on_click=_write, args=add)


def _elsewhere(reader: Reader, view: View, like: tuple[int, str, str | None]) -> str:
    """Say whether there are enough peers outside the scope: the median of them all may be shown, none of them by name."""
    _, kind, sector = like
    known = int(reader.read(branch.peer_medians, kind, sector, view.period.code)["peers"].max())
    return "，可与下图中的同类中位数比较。" if known >= LEAST_PEERS else f"，全系统已评定的同类组织也不足 {LEAST_PEERS} 个。"


@parts.alone()
def _search(reader: Reader, chosen: list[str]) -> None:
    words = st.text_input("名称、拼音、首字母或组织代码", key="peer-words", max_chars=60, placeholder="查找要加入的组织")
    if not words.strip():
        return
    found = [hit for hit in reader.read(organisations.find, words.strip()) if hit.organisation.org_code not in chosen]
    if not found:
        st.caption("范围内没有符合的组织，或已在比较中。")
    for hit in found[:5]:
        org = hit.organisation
        label = f"{text.plain(org.name)} :small[:gray[{org.kind.label}]]"
        if st.button(label, key=f"add-{org.org_id}", type="tertiary", icon=":material/add:"):
            _write([*chosen, org.org_code])
            st.rerun()
