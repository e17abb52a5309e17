"""How much room a drawing has: what the browser answers, and what is no answer."""

from types import SimpleNamespace

import pytest

from components.browser import room


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        ("640x720", (640, 720)),
        (None, (760, 768)),
        ("", (760, 768)),
        ("640", (760, 768)),
        ("-1x5", (760, 768)),
        ("640x720<script>", (760, 768)),
        (5, (760, 768)),
    ],
)
def test_only_a_size_is_taken(monkeypatch: pytest.MonkeyPatch, answer: object, size: tuple[int, int]) -> None:
    monkeypatch.setattr(room, "_measure", lambda **_: SimpleNamespace(room=answer))
    assert room.measured("map", (760, 768)) == size
