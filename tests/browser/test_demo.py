"""Presenter mode in a real browser: the keys of a clicker, two windows in step, what happens on stage, and the way back."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.driving import NewPage, Server, settled, signed_in, until

pytestmark = pytest.mark.browser


def at(page: Page, number: int) -> None:
    """Wait until the window stands at a step, in its strip and in its URL."""
    expect(page.locator(f".stage-steps button:nth-child({number})")).to_have_attribute("aria-current", "step")
    page.wait_for_url(re.compile(rf"step={number}\b"), timeout=15000, wait_until="commit")


def figure(page: Page) -> str:
    return page.locator(".st-key-wall-tile-story-branch [data-testid='stMetricValue']").inner_text()


def test_a_story_is_told_with_a_clicker_and_put_back_with_one_key(new_page: NewPage, server: Server) -> None:
    stage = signed_in(new_page(1920, 1080), server, "presenter", "/demo")
    at(stage, 1)
    for key, number in (("PageDown", 2), ("ArrowRight", 3), ("PageUp", 2), ("ArrowLeft", 1), ("6", 6)):
        stage.keyboard.press(key)
        at(stage, number)
    settled(stage)
    assert stage.evaluate("() => document.querySelector('.stMain').scrollHeight <= innerHeight")

    notes = stage.context.new_page()
    notes.goto(f"{server.url}/demo?window=notes")
    at(notes, 6)
    expect(notes.get_by_text("先念记录，再念规定")).to_be_visible()
    expect(stage.get_by_text("先念记录，再念规定")).to_have_count(0)

    before = figure(stage)
    stage.keyboard.press("w")
    expect(stage.get_by_text("已于今天补开").first).to_be_visible()
    until(lambda: figure(stage) != before)
    expect(notes.get_by_text("已于今天补开").first).to_be_visible()
    notes.get_by_role("button", name="下一步").click()
    at(notes, 7)
    at(stage, 7)
    stage.locator(".stage-steps button:nth-child(8)").click()
    at(stage, 8)
    at(notes, 8)
    stage.reload()
    at(stage, 8)

    stage.keyboard.press("Home")
    at(stage, 1)
    at(notes, 1)
    stage.keyboard.press("6")
    at(stage, 6)
    until(lambda: figure(stage) == before)
    expect(stage.get_by_role("button", name=re.compile("补开会议"))).to_be_visible()
