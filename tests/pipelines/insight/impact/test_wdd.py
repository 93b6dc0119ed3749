"""The weighted displacement difference: its authors' own figures, and what it refuses."""

import pytest

from pipelines.insight.impact import wdd, wdd_harm

TREATED, CONTROL, DISPLACEMENT, ITS_CONTROL = (207, 110), (308, 318), (178, 157), (150, 140)


def test_the_published_example_to_the_digits_given() -> None:
    """Wheeler and Ratcliffe (2018), Crime Science 7:11: WDD -118, SE 39.60, Z -2.98, 95% CI -195.6 to -40.4."""
    found = wdd(TREATED, CONTROL, DISPLACEMENT, ITS_CONTROL)
    assert found.difference == -118
    assert found.standard_error == pytest.approx(39.60, abs=0.005)
    assert found.z == pytest.approx(-2.98, abs=0.005)
    assert (found.low, found.high) == pytest.approx((-195.6, -40.4), abs=0.05)


def test_without_displacement_it_is_the_difference_of_differences() -> None:
    found = wdd((20, 10), (20, 20))
    assert found.difference == -10
    assert found.standard_error**2 == pytest.approx(70)


def test_weighted_by_area_it_is_of_densities() -> None:
    """Known answer: Wheeler (2021), "The WDD test with different area sizes": -99.694, SE 35.428, Z -2.814."""
    found = wdd(TREATED, CONTROL, DISPLACEMENT, ITS_CONTROL, areas=(1.2, 0.9, 1.5, 1.6))
    assert found.difference == pytest.approx(-99.69444444)
    assert found.standard_error == pytest.approx(35.4280755)
    assert found.z == pytest.approx(-2.813995483)
    assert (found.low, found.high) == pytest.approx((-169.1321965, -30.25669241))


def test_over_times_of_unlike_length_it_is_of_rates() -> None:
    """Known answer: Wheeler (2021), "The WDD test with different pre/post time periods": -20, SE sqrt(115)."""
    found = wdd((80, 20), (100, 50), lengths=(2, 1))
    assert found.difference == pytest.approx(-20)
    assert found.standard_error**2 == pytest.approx(115)


def test_weighted_by_harm_the_parts_are_tested_first_and_weighted_then() -> None:
    """Known answer: Wheeler (2020), "Amending the WDD test to incorporate harm weights": -1721, SE 304.1036, Z -5.659."""
    treated = [(130, 74), (327, 202), (398, 190), (144, 92), (183, 96)]
    controls = [(133, 91), (388, 305), (148, 97), (86, 64), (94, 67)]
    parts = [wdd(*pair) for pair in zip(treated, controls, strict=True)]
    found = wdd_harm(parts, [3, 2, 5, 7, 10])
    assert found.difference == pytest.approx(-1721)
    assert found.standard_error == pytest.approx(304.10360077)
    assert found.z == pytest.approx(-5.65925558)
    assert (found.low, found.high) == pytest.approx((-2317.03210507, -1124.96789493))


def test_nothing_counted_anywhere_is_no_difference_and_has_no_z() -> None:
    found = wdd((0, 0), (0, 0))
    assert (found.difference, found.standard_error) == (0, 0)
    assert found.z != found.z


def test_a_displacement_area_without_its_control_is_refused() -> None:
    with pytest.raises(ValueError, match="together, or neither"):
        wdd(TREATED, CONTROL, DISPLACEMENT)


@pytest.mark.parametrize("areas", [(1.2, 0.9, 1.5), (1.2, 0.0)])
def test_sizes_that_do_not_fit_are_refused(areas: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="above 0"):
        wdd(TREATED, CONTROL, areas=areas)


def test_a_harm_group_without_a_weight_is_refused() -> None:
    with pytest.raises(ValueError, match="shorter"):
        wdd_harm([wdd(TREATED, CONTROL)] * 2, [1.0])
