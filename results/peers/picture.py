"""Recall against queries per second as an SVG, one panel for each mode. Standard library only."""

import math
from xml.sax.saxutils import escape

PANEL, MARGIN = (520, 380), 64
LEGEND_ROW = 18
SHOWN_FROM = 0.80
RECALLS = (0.80, 0.90, 0.95, 0.98, 0.99, 0.995, 0.999)
APUS = ("#c2410c", "#e11d48", "#7c2d12")
PEERS = ("#1d4ed8", "#0f766e", "#6d28d9", "#4d7c0f", "#475569", "#0891b2")


def engines_of(comparison):
    return [*comparison.apus.values(), *comparison.engines.values()]


def svg(comparison, data_name):
    """The pareto fronts. Higher and further right is better; Apus is drawn thick, peers thin and dashed."""
    engines = [engine for engine in engines_of(comparison) if engine.samples]
    modes = comparison.group.modes
    width = len(modes) * (PANEL[0] + MARGIN) + MARGIN
    height = PANEL[1] + 2 * MARGIN + LEGEND_ROW * len(engines)
    colors = colors_of(engines)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" font-family="sans-serif" '
        f'font-size="12"><rect width="{width}" height="{height}" fill="#ffffff"/>',
        text(MARGIN, 26, f"{data_name}: {comparison.group.name}, one thread", size=16),
    ]
    for number, mode in enumerate(modes):
        parts += panel(MARGIN + number * (PANEL[0] + MARGIN), MARGIN, mode, engines, colors)
    for number, engine in enumerate(engines):
        top = MARGIN + PANEL[1] + 48 + number * LEGEND_ROW
        parts.append(line([(MARGIN, top), (MARGIN + 28, top)], engine, colors))
        parts.append(text(MARGIN + 36, top + 4, engine.label))
    return "\n".join([*parts, "</svg>"]) + "\n"


def colors_of(engines):
    colors, used = {}, {True: 0, False: 0}
    for engine in engines:
        own = is_apus(engine)
        choice = APUS if own else PEERS
        colors[engine.name] = choice[used[own] % len(choice)]
        used[own] += 1
    return colors


def is_apus(engine):
    return engine.name.startswith("apus")


def panel(left, top, mode, engines, colors):
    fronts = {engine.name: shown(engine.front(mode)) for engine in engines}
    rates = [qps for front in fronts.values() for _, qps in front]
    if not rates:
        return [text(left, top + 20, f"{mode}: nothing reaches recall {SHOWN_FROM:g}")]
    low, high = decades(rates)

    def place(point):
        recall, qps = point
        x = (scale(recall) - scale(SHOWN_FROM)) / (scale(1) - scale(SHOWN_FROM))
        y = (math.log10(qps) - low) / (high - low)
        return left + x * PANEL[0], top + (1 - y) * PANEL[1]

    parts = grid(left, top, place, low, high, mode)
    for engine in engines:
        placed = [place(point) for point in fronts[engine.name]]
        parts.append(line(placed, engine, colors))
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{colors[engine.name]}"/>' for x, y in placed]
    return parts


def shown(front):
    return [point for point in front if point[0] >= SHOWN_FROM]


def scale(recall):
    """Equal steps for each halving of what is missed, down to one in 2,000."""
    return -math.log10(max(1 - recall, 0.0005))


def decades(rates):
    """Limits of the axis in powers of ten, widened to halves."""
    low = math.floor(2 * math.log10(min(rates))) / 2
    return low, max(low + 0.5, math.ceil(2 * math.log10(max(rates))) / 2)


def grid(left, top, place, low, high, mode):
    parts = [f'<rect x="{left}" y="{top}" width="{PANEL[0]}" height="{PANEL[1]}" fill="none" stroke="#94a3b8"/>']
    for recall in RECALLS:
        x = place((recall, 10**low))[0]
        parts.append(rule((x, top), (x, top + PANEL[1])))
        parts.append(text(x, top + PANEL[1] + 16, f"{recall:g}", anchor="middle"))
    for step in range(round(10 * low), round(10 * high) + 1):
        rate = 10 ** (step / 10)
        if round(rate / 10 ** math.floor(math.log10(rate) + 1e-9), 1) in (1.0, 2.0, 5.0):
            y = place((SHOWN_FROM, rate))[1]
            parts.append(rule((left, y), (left + PANEL[0], y)))
            parts.append(text(left - 6, y + 4, f"{float(f'{rate:.1g}'):,.0f}", anchor="end"))
    parts.append(text(left + PANEL[0] / 2, top - 8, f"{mode}: queries per second at recall", anchor="middle"))
    return parts


def rule(start, end):
    return f'<path d="M{start[0]:.1f} {start[1]:.1f} L{end[0]:.1f} {end[1]:.1f}" stroke="#e2e8f0" fill="none"/>'


def line(points, engine, colors):
    path = " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    style = 'stroke-width="2.6"' if is_apus(engine) else 'stroke-width="1.4" stroke-dasharray="5 3"'
    return f'<path d="M{path}" fill="none" stroke="{colors[engine.name]}" {style}/>' if points else ""


def text(x, y, content, anchor="start", size=12):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{escape(content)}</text>'
