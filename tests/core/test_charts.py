"""Geometry of the drawn charts."""

import pytest

from core import charts


@pytest.mark.parametrize(
    ("highest", "steps"),
    [
        (7420, [0, 2000, 4000, 6000, 8000]),
        (96, [0, 25, 50, 75, 100]),
        (0.4, [0, 0.1, 0.2, 0.3, 0.4]),
    ],
)
def test_axes_step_in_round_numbers(highest, steps):
    assert charts.axis_steps(highest) == pytest.approx(steps)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (1200, "$", "$1,200"),
        (12.5, "$", "$12.50"),
        (75, "%", "75%"),
        (2.5, "days", "2.5 days"),
        (None, "$", "–"),
    ],
)
def test_values_carry_their_unit(value, unit, words):
    assert charts.value_words(value, unit) == words


def test_a_line_is_broken_where_a_value_is_missing():
    chart = charts.line(title="x", labels=["a", "b", "c"], series=[("s", [1, None, 3])])
    path = chart.lines[0].path
    assert path.count("M") == 2
    assert "L" not in path
    assert len(chart.lines[0].points) == 2


def test_bars_stand_on_the_zero_line():
    chart = charts.bars(title="x", labels=["a", "b"], series=[("s", [10, 5])])
    assert [round(bar.y + bar.height, 1) for bar in chart.bars] == [chart.bottom, chart.bottom]
    assert chart.bars[0].height > chart.bars[1].height


def test_negative_bars_hang_from_the_zero_line():
    chart = charts.bars(title="x", labels=["a", "b"], series=[("s", [10, -10])])
    up, down = chart.bars
    assert down.y == round(up.y + up.height, 1)


def test_the_table_behind_holds_every_value():
    chart = charts.bars(
        title="Spend",
        labels=["Oct", "Nov"],
        series=[("Labor", [4200, 5100]), ("Fee", [420, None])],
        unit="$",
    )
    assert chart.rows == (("Oct", ("$4,200", "$420")), ("Nov", ("$5,100", "–")))


def test_a_chart_of_nothing_is_drawn_without_error():
    assert charts.line(title="x", labels=[], series=[("s", [])]).lines[0].path == ""


def test_many_labels_are_thinned_out():
    labels = [str(n) for n in range(60)]
    chart = charts.line(title="x", labels=labels, series=[("s", list(range(60)))])
    assert len(chart.x_ticks) <= charts.MOST_LABELS


def test_a_flat_sparkline_runs_through_the_middle():
    assert charts.spark([5, 5]).end == (93.0, 14.0)


def test_one_value_draws_no_sparkline():
    assert charts.spark([5]).end is None


def test_a_ranking_is_drawn_against_the_largest_and_shared_by_all():
    made = charts.ranking(
        title="By project",
        rows=[
            ("A", "/a", 300.0, "$300.00"),
            ("B", "", 100.0, "$100.00"),
            ("C", "", -50.0, "-$50.00"),
        ],
    )
    assert [(row.width, row.share) for row in made.rows] == [
        (100.0, "86%"), (33.3, "29%"), (0.0, "-14%"),
    ]  # fmt: skip
    assert charts.ranking(title="Nothing", rows=[]).rows == ()
