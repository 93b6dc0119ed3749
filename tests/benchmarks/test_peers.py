"""The peers flag what anyone would flag, and the made-up counts are what they say they are."""

import numpy as np
import pytest
from statsmodels.genmod.families import Poisson
from statsmodels.genmod.generalized_linear_model import GLM

from benchmarks import panels
from benchmarks.directions import TARGETS, Found, false_discovery, held
from benchmarks.panels import Cities
from benchmarks.peers import PEERS, _regress, farrington_flexible, nhs_four_rules, xmr

MONTHS = 60
EVERY_PEER = pytest.mark.parametrize("name", PEERS)


def quiet(level: float = 30, places: int = 3) -> np.ndarray:
    """Counts that go up and down by one about a level, and nothing else."""
    return np.tile(level + np.where(np.arange(MONTHS) % 2, 1.0, -1.0), (places, 1))


def drawn(seed: int, mean: np.ndarray) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean).astype(float)


@EVERY_PEER
def test_a_peer_flags_a_count_that_jumps_fourfold_as_up_and_no_other_place(name: str) -> None:
    counts = quiet()
    counts[1, -1] *= 4
    up, down = PEERS[name](counts)
    assert up.tolist() == [False, True, False]
    assert not down.any()


@EVERY_PEER
def test_a_peer_flags_a_count_that_falls_away_as_down_and_no_other_place(name: str) -> None:
    counts = quiet()
    counts[1, -3:] = [8, 4, 0]  # falling to the last, for one that looks only a month back
    up, down = PEERS[name](counts)
    assert down.tolist() == [False, True, False]
    assert not up.any()


@EVERY_PEER
@pytest.mark.parametrize("level", [0, 1, 30])
def test_a_peer_flags_nothing_where_every_month_is_the_same(name: str, level: float) -> None:
    up, down = PEERS[name](np.full((2, MONTHS), float(level)))
    assert not up.any()
    assert not down.any()


@EVERY_PEER
def test_a_peer_judges_each_place_by_itself(name: str) -> None:
    counts, _ = panels.beats(np.random.default_rng(1), change=(3.0, 3), places=12)
    together = PEERS[name](counts)
    alone = [PEERS[name](counts[[place]]) for place in range(12)]
    assert together[0].tolist() == [bool(up[0]) for up, _ in alone]
    assert together[1].tolist() == [bool(down[0]) for _, down in alone]


def test_the_newest_month_has_no_part_in_its_own_limits() -> None:
    counts = quiet(30, places=1)
    mean_range = 2.0
    counts[0, -1] = 30 + 2.66 * mean_range + 0.05
    assert xmr(counts)[0].tolist() == [True]
    counts[0, -1] = 30 + 2.66 * mean_range - 0.05
    assert xmr(counts)[0].tolist() == [False]


def test_seven_months_just_above_the_mean_are_a_shift_that_one_rule_alone_does_not_see() -> None:
    counts = quiet(30, places=1)
    counts[0, -8:] = [29, 31, 32, 31, 32, 31, 32, 31]
    assert nhs_four_rules(counts)[0].tolist() == [True]
    assert xmr(counts)[0].tolist() == [False]
    counts[0, -4] = 29
    assert nhs_four_rules(counts)[0].tolist() == [False]


def test_six_months_each_above_the_one_before_are_a_trend() -> None:
    counts = quiet(30, places=1)
    counts[0, -6:] = [28.6, 28.8, 29.0, 29.2, 29.4, 29.6]
    assert nhs_four_rules(counts)[0].tolist() == [True]
    counts[0, -6:-4] = [28.8, 28.7]
    assert nhs_four_rules(counts)[0].tolist() == [False]


def test_farrington_knows_the_season_where_a_control_chart_does_not() -> None:
    months = np.arange(MONTHS)
    wave = 40 * np.exp(0.4 * np.cos(2 * np.pi * (months - MONTHS + 1) / 12))
    counts = drawn(3, np.tile(wave, (200, 1)))
    assert xmr(counts)[0].mean() > 0.2
    assert farrington_flexible(counts)[0].mean() < 0.08


def test_farrington_follows_a_trend_but_not_above_anything_it_has_seen() -> None:
    steady = drawn(4, np.tile(20 * np.exp(0.01 * np.arange(MONTHS)), (400, 1)))
    assert farrington_flexible(steady)[0].mean() < 0.06
    steep = drawn(4, np.tile(20 * np.exp(0.05 * np.arange(MONTHS)), (400, 1)))
    assert farrington_flexible(steep)[0].mean() > 0.9


def test_farrington_flags_about_as_many_as_it_says_where_nothing_happens() -> None:
    counts = panels.draw(np.random.default_rng(5), np.full((4000, MONTHS), 20.0), 1.5)
    up, down = farrington_flexible(counts)
    assert 0.02 < up.mean() < 0.07
    assert 0.005 < down.mean() < 0.06


def test_regressing_every_place_at_once_gives_what_a_library_gives_for_each() -> None:
    rng = np.random.default_rng(7)
    level, time = np.arange(54) % 12 % 10, np.arange(-54, 0) / 12
    member = (level[:, None] == np.arange(10)).astype(float)
    past, weights = rng.poisson(6, (5, 54)).astype(float), rng.uniform(0.2, 1, (5, 54))
    fitted, leverage, now = _regress(past, weights, member, time, trend=True)
    for place in range(5):
        model = GLM(past[place], np.column_stack([member, time]), family=Poisson(), var_weights=weights[place]).fit()
        assert fitted[place] == pytest.approx(model.fittedvalues, rel=1e-5)
        assert leverage[place] == pytest.approx(model.get_hat_matrix_diag(), rel=1e-4)
        assert now[place] == pytest.approx(np.exp(model.params[0]), rel=1e-5)


def test_a_past_outbreak_does_not_hide_a_new_one_from_farrington() -> None:
    counts = drawn(6, np.full((100, MONTHS), 20.0))
    counts[:, -1] = 45
    counts[:, [10, 25]] = 90
    assert farrington_flexible(counts)[0].mean() > 0.9


def test_random_rounding_keeps_the_mean_of_every_count_and_makes_multiples_of_three() -> None:
    for count, variance in ((0, 0), (1, 2), (2, 2), (3, 0), (4, 2), (11, 2)):
        made = panels.rounded(np.random.default_rng(count), np.full(40_000, float(count)))
        assert set(np.unique(made % 3)) == {0}
        assert np.abs(made - count).max() < 3
        assert made.mean() == pytest.approx(count, abs=0.04)
        assert made.var() == pytest.approx(variance, abs=0.05)


def test_a_sum_of_rounded_cells_keeps_the_mean_and_says_how_many_cells_are_not_zero() -> None:
    counts = drawn(8, np.full((200, MONTHS), 12.0))
    made, cells = panels.of_cells(np.random.default_rng(9), counts)
    assert made.mean() == pytest.approx(counts.mean(), abs=0.1)
    assert ((made == 0) == (cells == 0)).all()
    assert (3 * cells <= made).all()
    assert cells.max() <= 12


def test_drawn_counts_have_the_mean_and_dispersion_asked_for() -> None:
    for phi in (1.0, 1.6, 4.0):
        made = panels.draw(np.random.default_rng(10), np.full((400, 500), 7.0), phi)
        assert made.mean() == pytest.approx(7, rel=0.01)
        assert made.var() / made.mean() == pytest.approx(phi, rel=0.02)


def test_changed_beats_are_one_in_ten_and_change_by_the_factor_in_the_last_months_only() -> None:
    before, between, after, unchanged = [], [], [], []
    for city in range(150):
        counts, changed = panels.beats(np.random.default_rng([11, city]), change=(3.0, 3))
        assert changed.sum() == 4
        before.append(counts[changed, -15:-12].sum())
        between.append(counts[changed, -6:-3].sum() / counts[changed, -18:-15].sum())
        after.append(counts[changed, -3:].sum())
        unchanged.append(counts[~changed, -3:].sum() / counts[~changed, -15:-12].sum())
    assert np.sum(after) / np.sum(before) == pytest.approx(3, rel=0.08)
    assert np.mean(between) == pytest.approx(1, abs=0.1)
    assert np.mean(unchanged) == pytest.approx(1, abs=0.03)


def test_a_city_shares_one_season_of_the_amplitude_stated() -> None:
    found = []
    for city in range(40):
        counts, _ = panels.beats(np.random.default_rng([12, city]), months=120, places=300)
        total = counts[:, :108].sum(axis=0)
        wave = np.exp(-2j * np.pi * np.arange(108) / 12)
        found.append(2 * np.abs((np.log(total) - np.log(total).mean()) @ wave) / 108)
    assert np.mean(found) == pytest.approx(panels.SEASON, abs=0.02)


def test_a_beat_scatters_more_than_chance_alone_would_make_it() -> None:
    counts, _ = panels.beats(np.random.default_rng(13), months=240, places=2000)
    level = counts.mean(axis=1)
    assert np.quantile(level, [0.01, 0.5, 0.99]) == pytest.approx([0.55, 4.6, 41], rel=0.2)
    low = level < 1  # where season and drift add next to nothing
    assert np.mean(counts[low].var(axis=1) / level[low]) == pytest.approx(panels.MEAN_DISPERSION, abs=0.2)


def test_the_same_seed_makes_the_same_cities_however_they_are_released() -> None:
    exact, rounded = (panels.cities(5, "double_3", 2, places=8, released=how) for how in ("exact", "rounded"))
    assert (panels.cities(5, "double_3", 2, places=8).counts == exact.counts).all()
    assert (np.abs(rounded.counts - exact.counts) < 3).all()
    assert (rounded.changed == exact.changed).all()


@pytest.mark.parametrize("scenario", range(7))
def test_a_published_scenario_has_the_published_mean_and_dispersion(scenario: int) -> None:
    theta, beta, _, _, phi = panels.NOUFAILY[scenario]
    rng = np.random.default_rng(scenario)
    flat = panels.noufaily(rng, scenario, False, 0, places=3000)
    assert flat.mean() == pytest.approx(np.exp(theta) * 52 / 12, rel=0.02)
    assert flat.var() / flat.mean() == pytest.approx(phi, rel=0.04)
    rising = panels.noufaily(rng, scenario, True, 0, places=3000)
    assert rising[:, -1].mean() / rising[:, 0].mean() == pytest.approx(np.exp(beta * 59 * 52 / 12), rel=0.12)


def test_a_changed_place_flagged_to_the_wrong_side_is_a_false_discovery() -> None:
    up = np.array([[True, False, True, False]] * 2)
    down = np.array([[False, True, False, False]] * 2)
    changed = np.array([[True, True, False, False]] * 2)
    nothing = np.zeros((2, 4))
    found = Found(up, down, up, down, nothing, nothing)
    given = Cities(np.zeros((2, 4, 1)), changed)
    assert false_discovery(found, given, "double_3")[0] == pytest.approx(2 / 3)


def test_a_short_run_is_held_to_limits_wider_by_its_standard_errors_and_a_full_one_is_not() -> None:
    figures = {name.removesuffix("_least").removesuffix("_most"): (0.06, 0.01) for name in TARGETS}
    full, short = ({row["name"]: row for row in held(figures, short=short)} for short in (False, True))
    assert not full["false_positives"]["met"]
    assert short["false_positives"]["met"]
    assert not short["double_6"]["met"]
