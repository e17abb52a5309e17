import numpy as np
import pytest

from seed.draws import Dice, Shares, bell, below, chance, pick, pick_by

IDS = np.arange(1, 20_001)


def test_a_draw_is_the_same_on_every_machine():
    assert below(1000, "dues", np.array([1, 2, 3, 20_000]), 202611).tolist() == [390, 598, 93, 321]
    assert below(1 << 31, "tree", np.array([0, -1]), 7).tolist() == [685902671, 784177172]


def test_a_draw_depends_on_its_own_name_and_ids_only():
    together = below(1000, "dues", IDS, 202611)
    assert below(1000, "dues", IDS[::-1], 202611)[::-1].tolist() == together.tolist()
    assert below(1000, "dues", np.array([77]), 202611)[0] == together[76]
    assert (below(1000, "study", IDS, 202611) != together).mean() > 0.99
    assert (below(1000, "dues", IDS, 202612) != together).mean() > 0.99


def test_draws_are_even_and_below_their_bound():
    counts = np.bincount(below(10, "even", IDS), minlength=10)
    assert len(counts) == 10
    assert abs(counts - 2000).max() < 200


def test_bounds_may_differ_row_by_row():
    bounds = np.array([1, 2, 1000])
    drawn = below(bounds[:, None], "bounds", IDS[None, :])
    assert (drawn.max(axis=1) == bounds - 1).all()
    assert (drawn.min(axis=1) == 0).all()


@pytest.mark.parametrize("myriad", [0, 1500, 10_000])
def test_chance_is_given_in_ten_thousandths(myriad):
    assert chance(myriad, "chance", IDS).mean() == pytest.approx(myriad / 10_000, abs=0.01)


def test_a_bell_is_centred_and_bounded():
    drawn = bell(300, "bell", IDS)
    assert abs(drawn.mean()) < 3
    assert drawn.std() == pytest.approx(100, abs=3)
    assert drawn.min() >= -300
    assert drawn.max() <= 300


def test_pick_follows_the_weights_and_never_takes_a_zero():
    picked = np.bincount(pick([1, 0, 3], "pick", IDS), minlength=3) / len(IDS)
    assert picked == pytest.approx([0.25, 0, 0.75], abs=0.01)


def test_shares_are_taken_row_by_row():
    shares = Shares([[0.5, 0.5, 0.0], [0.0, 0.2, 0.8]])
    first = np.bincount(pick_by(shares, np.zeros(len(IDS), dtype=np.int64), "rows", IDS), minlength=3) / len(IDS)
    second = np.bincount(pick_by(shares, np.ones(len(IDS), dtype=np.int64), "rows", IDS), minlength=3) / len(IDS)
    assert first == pytest.approx([0.5, 0.5, 0.0], abs=0.01)
    assert second == pytest.approx([0.0, 0.2, 0.8], abs=0.01)


def test_dice_throw_the_same_sequence_again():
    def thrown(key: int) -> list[int]:
        dice = Dice("dice", key)
        return [dice.below(6) for _ in range(5000)]

    assert thrown(1) == thrown(1)
    assert thrown(1) != thrown(2)
    assert set(thrown(1)) == set(range(6))
