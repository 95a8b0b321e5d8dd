"""Numbers and tables as Markdown. Standard library only."""

TIE = 1.30


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def rate_text(reading, is_exact):
    if reading.qps is None:
        return "-" if reading.reason == "nothing was measured" else reading.reason
    return (">= " if reading.bound == "at least" and not is_exact else "") + f"{reading.qps:,.0f}"


def ratio_text(ratio):
    if ratio is None:
        return "-"
    verdict = "ahead" if ratio >= TIE else "behind" if ratio <= 1 / TIE else "tie"
    return f"{ratio:.2f} {verdict}"


def seconds_text(builds):
    """The fastest of the builds: wall seconds and, where known, the CPU seconds it took."""
    if not builds:
        return "-"
    wall, processor = min(builds)
    return f"{wall:,.1f}" + (f" ({processor:,.1f})" if processor else "")


def megabytes(count):
    return f"{count / 1e6:,.0f}" if count is not None else "-"


def number(value, digits=2):
    return f"{value:,.{digits}f}" if value is not None else "-"
