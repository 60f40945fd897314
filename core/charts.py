"""Geometry of the charts that the server draws as SVG; templates only write the numbers out."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 56, 12, 12, 40
MOST_LABELS = 8


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark on an axis: where, and the words beside it."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Bar:
    x: float
    y: float
    width: float
    height: float
    series: int
    words: str


@dataclass(frozen=True, slots=True)
class Line:
    name: str
    series: int
    path: str
    points: tuple[tuple[float, float, str], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything `components/chart.html` needs, the table behind the picture included."""

    title: str
    desc: str
    x_label: str
    y_label: str
    names: tuple[str, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    lines: tuple[Line, ...] = ()
    bars: tuple[Bar, ...] = ()
    threshold: Tick | None = None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


Series = Sequence[tuple[str, Sequence[float | None]]]


def value_words(value: float | None, unit: str = "") -> str:
    """A number with its unit: ``$1,200``, ``75%``, ``2.5 days``; a dash for a gap."""
    if value is None:
        return "–"
    whole = float(value).is_integer()
    if unit == "$":
        return f"{'-' if value < 0 else ''}${abs(value):,.{0 if whole else 2}f}"
    digits = f"{value:,.0f}" if whole else f"{value:,.2f}".rstrip("0")
    if unit == "%":
        return f"{digits}%"
    return f"{digits} {unit}".rstrip()


def axis_steps(highest: float, lowest: float = 0.0, count: int = 4) -> list[float]:
    """Round numbers from at or below ``lowest`` to at or above ``highest``."""
    span = max(highest - lowest, 1e-9)
    raw = span / count
    size = 10 ** math.floor(math.log10(raw))
    step = next(size * m for m in (1, 2, 2.5, 5, 10) if size * m >= raw * 0.999999)
    first = math.floor(lowest / step + 1e-9)
    last = math.ceil(highest / step - 1e-9)
    return [round(step * n, 10) for n in range(first, max(last, first + 1) + 1)]


class _Plane:
    """Maps values to the drawing; y grows downwards in SVG."""

    def __init__(self, labels: Sequence[str], series: Series, unit: str, threshold: float | None):
        self.labels, self.unit = labels, unit
        values = [float(v) for _, run in series for v in run if v is not None]
        if threshold is not None:
            values.append(float(threshold) * 1.1)  # room above the line for its word
        self.steps = axis_steps(max(values, default=1) or 1, min(0.0, min(values, default=0)))

    def y(self, value: float) -> float:
        low, high = self.steps[0], self.steps[-1]
        share = (float(value) - low) / (high - low)
        return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)

    def slot(self) -> float:
        return (WIDTH - LEFT - RIGHT) / max(len(self.labels), 1)

    def x(self, index: int) -> float:
        return round(LEFT + self.slot() * (index + 0.5), 1)

    def y_ticks(self) -> tuple[Tick, ...]:
        return tuple(Tick(self.y(step), value_words(step, self.unit)) for step in self.steps)

    def x_ticks(self) -> tuple[Tick, ...]:
        every = math.ceil(len(self.labels) / MOST_LABELS) or 1
        return tuple(
            Tick(self.x(i), label) for i, label in enumerate(self.labels) if i % every == 0
        )


def _frame(
    plane: _Plane, series: Series, title: str, desc: str, x_label: str, y_label: str
) -> Chart:
    """The chart without what is drawn in it."""
    rows = tuple(
        (label, tuple(value_words(run[i], plane.unit) for _, run in series))
        for i, label in enumerate(plane.labels)
    )
    return Chart(
        title=title,
        desc=desc,
        x_label=x_label,
        y_label=y_label,
        names=tuple(name for name, _ in series),
        x_ticks=plane.x_ticks(),
        y_ticks=plane.y_ticks(),
        rows=rows,
    )


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """SVG path through the points, broken where a value is missing."""
    out, pen_down = [], False
    for point in points:
        if point is None:
            pen_down = False
            continue
        out.append(f"{'L' if pen_down else 'M'}{point[0]} {point[1]}")
        pen_down = True
    return "".join(out)


def line(
    *,
    title: str,
    labels: Sequence[str],
    series: Series,
    desc: str = "",
    x_label: str = "",
    y_label: str = "",
    unit: str = "",
    threshold: float | None = None,
) -> Chart:
    """A line chart; every run of ``series`` has one value (or ``None``) for each label."""
    plane = _Plane(labels, series, unit, threshold)
    lines = []
    for number, (name, run) in enumerate(series, start=1):
        at = [None if v is None else (plane.x(i), plane.y(v)) for i, v in enumerate(run)]
        points = tuple(
            (xy[0], xy[1], f"{labels[i]}: {value_words(run[i], unit)}")
            for i, xy in enumerate(at)
            if xy
        )
        lines.append(Line(name, number, _path(at), points))
    mark = None if threshold is None else Tick(plane.y(threshold), value_words(threshold, unit))
    frame = _frame(plane, series, title, desc, x_label, y_label)
    return replace(frame, lines=tuple(lines), threshold=mark)


def bars(
    *,
    title: str,
    labels: Sequence[str],
    series: Series,
    desc: str = "",
    x_label: str = "",
    y_label: str = "",
    unit: str = "",
    threshold: float | None = None,
) -> Chart:
    """A bar chart; several runs stand side by side in each label's slot."""
    plane = _Plane(labels, series, unit, threshold)
    width = round(min(plane.slot() * 0.7 / max(len(series), 1), 48), 1)
    drawn = []
    for number, (name, run) in enumerate(series, start=1):
        for i, value in enumerate(run):
            if value is None:
                continue
            x = plane.x(i) + (number - 1 - len(series) / 2) * width
            top, zero = plane.y(max(value, 0)), plane.y(0)
            height = abs(plane.y(value) - zero)
            said = f"{name}, {labels[i]}: {value_words(value, unit)}"
            drawn.append(
                Bar(
                    round(x, 1),
                    top,
                    round(width - 2, 1),
                    round(height, 1),
                    number,
                    said,
                )
            )
    mark = None if threshold is None else Tick(plane.y(threshold), value_words(threshold, unit))
    frame = _frame(plane, series, title, desc, x_label, y_label)
    return replace(frame, bars=tuple(drawn), threshold=mark)


@dataclass(frozen=True, slots=True)
class Ranked:
    """One row of a ranking: its bar is ``width`` of 100."""

    name: str
    href: str
    width: float
    value: str
    share: str


@dataclass(frozen=True, slots=True)
class Ranking:
    """Bars lying beside their names, in a table: names of any length, on a phone too."""

    title: str
    desc: str
    heading: str
    value_heading: str
    rows: tuple[Ranked, ...]


def ranking(
    *,
    title: str,
    rows: Sequence[tuple[str, str, float, str]],
    desc: str = "",
    heading: str = "",
    value_heading: str = "",
) -> Ranking:
    """Rows of name, address, value and the value in words; shares are of all together."""
    highest = max((value for _, _, value, _ in rows), default=0)
    whole = sum(value for _, _, value, _ in rows)

    def row(name: str, href: str, value: float, words: str) -> Ranked:
        width = round(max(value, 0) / highest * 100, 1) if highest > 0 else 0.0
        share = f"{value / whole * 100:.0f}%" if whole > 0 else "–"
        return Ranked(name, href, width, words, share)

    return Ranking(title, desc, heading, value_heading, tuple(row(*one) for one in rows))


@dataclass(frozen=True, slots=True)
class Spark:
    """A sparkline in a 96 by 28 box: a line, the area under it, and its last point."""

    line: str
    area: str
    end: tuple[float, float] | None


def spark(values: Sequence[float], width: int = 96, height: int = 28) -> Spark:
    """Fewer than two values draw nothing; a flat run draws through the middle."""
    numbers = [float(value) for value in values if value is not None]
    if len(numbers) < 2:
        return Spark("", "", None)
    low, high = min(numbers), max(numbers)
    span, pad = high - low, 3

    def y(value: float) -> float:
        share = (value - low) / span if span else 0.5
        return round(height - pad - share * (height - 2 * pad), 1)

    step = (width - 2 * pad) / (len(numbers) - 1)
    points = [(round(pad + i * step, 1), y(value)) for i, value in enumerate(numbers)]
    path = _path(points)
    area = f"{path}L{points[-1][0]} {height}L{points[0][0]} {height}Z"
    return Spark(path, area, points[-1])
