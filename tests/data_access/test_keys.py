"""The cookie's key: from the environment, or made once and readable by its owner only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data_access import keys


@pytest.fixture(autouse=True)
def _fresh(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.delenv(keys.VARIABLE, raising=False)
    monkeypatch.setattr(keys, "FILE", tmp_path / "var" / "cookie.key")
    keys.cookie_key.cache_clear()
    yield
    keys.cookie_key.cache_clear()


def test_the_environment_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(keys.VARIABLE, "k" * 40)
    assert keys.cookie_key() == "k" * 40
    assert not keys.FILE.exists()


def test_a_key_is_made_once_and_kept() -> None:
    made = keys.cookie_key()
    keys.cookie_key.cache_clear()
    assert keys.cookie_key() == made
    assert len(made) >= 43  # 256 bits in base64, as HS256 asks


def test_only_its_owner_may_read_it() -> None:
    keys.cookie_key()
    assert stat.S_IMODE(keys.FILE.stat().st_mode) == 0o600
    assert list(keys.FILE.parent.iterdir()) == [keys.FILE]


def test_processes_that_start_at_once_agree() -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: keys._kept(), range(16)))) == 1


def test_without_a_place_to_keep_it_the_key_lasts_as_long_as_the_process(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(keys, "FILE", tmp_path / "file" / "cookie.key")
    assert keys.cookie_key() == keys.cookie_key()
