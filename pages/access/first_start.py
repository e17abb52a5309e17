"""The first start: while the demo is being built the page shows how far it is, and goes on by itself."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from data_access import building
from pages.access.front import drawn


def complete(front: DeltaGenerator) -> None:
    """Return where there is a database to open; otherwise have the demo built, show the progress on `front` and end the run."""
    if not building.wanted():
        return
    with drawn(front, 480):
        st.markdown("## 党建云看板", anchors=False, text_alignment="center")
        st.caption("首次启动，正在本机建立演示数据，通常不到一分钟。完成后自动进入登录页面。", text_alignment="center")
        _progress()
    st.stop()


@st.fragment(run_every=0.5)
def _progress() -> None:
    builder = building.builder()
    if not building.wanted():
        st.rerun()
    if builder.poll() is not None and building.wanted():
        st.error("演示数据没有建成，原因见终端日志。请检查磁盘空间和 var 目录的写入权限，然后重试。", icon=":material/error:")
        st.button("重新建立", icon=":material/refresh:", on_click=building.builder.cache_clear, width="stretch")
        return
    progress = building.reported()
    st.progress(progress.share, text=f"{progress.doing}（{progress.share:.0%}）")
