"""The speaker's window: what to say, what comes next, and the buttons of the stage."""

import streamlit as st

from components.browser.stage import Asked, Wish
from pages.command.demo.story import STEPS, Happening
from pages.command.demo.told import Told

_KEYS = "PageDown / → 下一步　PageUp / ← 上一步　数字键跳到某一步　W 现场演示　Home 复原并回到开头　F 全屏"


def render(found: Told, number: int, happening: Happening | None, happened: bool, *, ready: bool, problem: str | None) -> Asked | None:
    """Draw the notes of a step; return what a button asks for."""
    step = STEPS[number]
    asked = None
    with st.container(key="notes-said"):
        st.caption(f"讲稿 · 第 {number + 1} / {len(STEPS)} 步 · {step.title}")
        said = step.say(found)
        st.markdown(f"## {said.sentence}", anchors=False)
        st.markdown(said.line)
    if problem:
        st.warning(problem, icon=":material/info:")
    with st.container(key="notes-text"):
        st.markdown("\n".join(f"- {note}" for note in step.notes))
    if happening:
        st.info(happening.done if happened else happening.question, icon=":material/science:")
    with st.container(horizontal=True, gap="small", key="notes-buttons"):
        if st.button("上一步", icon=":material/arrow_back:", disabled=number == 0, key="notes-back"):
            asked = Asked(Wish.GO, number - 1)
        if st.button("下一步", icon=":material/arrow_forward:", type="primary", disabled=number + 1 == len(STEPS), key="notes-next"):
            asked = Asked(Wish.GO, number + 1)
        if happening and st.button(happening.button, icon=":material/play_arrow:", disabled=happened, key="notes-play"):
            asked = Asked(Wish.PLAY, number)
        if st.button("复原（Home）", icon=":material/restart_alt:", key="notes-reset"):
            asked = Asked(Wish.RESET, 0)
    following = f"下一步：{STEPS[number + 1].title}" if number + 1 < len(STEPS) else "最后一步"
    st.caption(f"{following}　·　{'副本已就绪，可以现场演示' if ready else '副本正在准备，约一两秒'}")
    st.caption(_KEYS)
    return asked
