"""The numbers of the rules, and what an installation may make of them."""

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from domain.settings import LOCAL, SETTINGS, BadSetting, Settings


def test_defaults_are_the_settings_own():
    settings = Settings()
    assert {key: settings[key] for key in settings} == {key: setting.default for key, setting in SETTINGS.items()}


def test_every_setting_says_what_it_is_and_where_it_comes_from():
    for setting in SETTINGS.values():
        assert setting.label and setting.unit and setting.source
        assert setting.local == (setting.source == LOCAL), setting.key


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.key)
def test_every_default_is_a_sound_override_of_itself(setting):
    assert setting.read(str(setting.default)) == setting.default


def test_an_override_replaces_one_number_and_no_other():
    changed = Settings({"election.warn_months": "9"})
    assert changed["election.warn_months"] == 9
    assert {key for key in changed if changed[key] != Settings()[key]} == {"election.warn_months"}


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("no.such_key", "1", "没有这个设置项"),
        ("election.warn_months", "six", "整数"),
        ("election.warn_months", "6.5", "整数"),
        ("election.warn_months", "", "整数"),
        ("election.warn_months", "25", "之间"),
        ("election.warn_months", "-1", "之间"),
        ("star.quota", "nan", "之间"),
        ("star.quota", "inf", "之间"),
        ("star.quota", "三成", "数字"),
        ("duty.theme_day.every", "2", "只能取"),
    ],
)
def test_a_malformed_override_is_named_in_chinese(key, text, said):
    with pytest.raises(BadSetting, match=said) as caught:
        Settings({key: text})
    assert caught.value.key == key
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize(
    ("overrides", "sound"),
    [
        ({"index.yellow": "80"}, True),
        ({"index.yellow": "80.1"}, False),
        ({"index.yellow": "85", "index.green": "90"}, True),
        ({"task.yellow_behind": "31"}, False),
        ({"dues.yellow_months": "7"}, False),
        ({"star.four": "91"}, False),
    ],
)
def test_a_warning_may_not_come_after_its_alarm(overrides, sound):
    if sound:
        assert Settings(overrides)["index.yellow"] == float(overrides["index.yellow"])
    else:
        with pytest.raises(BadSetting, match="不能大于"):
            Settings(overrides)


def test_equal_settings_are_one_cache_key():
    assert Settings({"index.green": "80"}) == Settings()
    assert hash(Settings({"index.green": "80"})) == hash(Settings())
    assert Settings({"index.green": "81"}) != Settings()


def test_settings_cannot_be_changed():
    with pytest.raises(TypeError):
        Settings()["index.green"] = 0  # type: ignore[index]


@hypothesis_settings(deadline=None)
@given(st.sampled_from(sorted(SETTINGS)), st.text(max_size=12))
def test_whatever_the_override_it_is_read_or_refused(key, text):
    setting = SETTINGS[key]
    try:
        value = setting.read(text)
    except BadSetting:
        return
    assert setting.low <= value <= setting.high
    assert isinstance(value, type(setting.default))
