"""Recall/QPS curves: the pareto front and the QPS at a recall level. Standard library only."""

import math
from typing import NamedTuple


class Reading(NamedTuple):
    """QPS at one recall level.

    `bound` is "interpolated", or "at least" where even the fastest point measured has more recall.
    `qps` is None where the level was not reached; `reason` then says how far it went.
    """

    qps: float | None
    bound: str
    reason: str | None = None


def pareto(points):
    """The (recall, qps) points that no other beats in both, by rising recall and so by falling QPS."""
    front = []
    for recall, qps in sorted(points, key=lambda point: (-point[0], -point[1])):
        if not front or qps > front[-1][1]:
            front.append((recall, qps))
    return front[::-1]


def qps_at(points, level, recall_step=1e-5):
    """Interpolates log(QPS) against logit(recall) on the pareto front.

    `recall_step` is the least difference of recall the sample can show, 1 / (queries * k): a recall of 1
    has no logit and counts as half a step below 1.
    """
    front = pareto(points)
    if not front:
        return Reading(None, "not reached", "nothing was measured")
    if front[-1][0] < level:
        return Reading(None, "not reached", f"recall ends at {front[-1][0]:.4f}")
    if front[0][0] >= level:
        exact = front[0][0] == level
        return Reading(front[0][1], "interpolated" if exact else "at least")
    upper = next(index for index, point in enumerate(front) if point[0] >= level)
    return Reading(between(front[upper - 1], front[upper], level, recall_step), "interpolated")


def between(lower, upper, level, recall_step):
    low, high, wanted = (logit(value, recall_step) for value in (lower[0], upper[0], level))
    share = (wanted - low) / (high - low)
    return math.exp(math.log(lower[1]) + share * (math.log(upper[1]) - math.log(lower[1])))


def logit(recall, recall_step):
    clamped = min(max(recall, recall_step / 2), 1 - recall_step / 2)
    return math.log(clamped / (1 - clamped))


def median(values):
    """The middle value, the mean of the two middle ones for an even count, None for none."""
    ordered = sorted(values)
    if not ordered:
        return None
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def worth_repeating(points, levels, slack=1.25):
    """The keys of the settings that decide the QPS at `levels`, or may once the noise of one pass is gone.

    `points`: (recall, qps) by key. A setting is left out where another with its recall is faster by more than
    `slack`, and where the front has a point between it and all levels.
    """
    front = pareto(points.values())
    low = max((recall for recall, _ in front if recall <= min(levels)), default=0.0)
    high = min((recall for recall, _ in front if recall >= max(levels)), default=1.0)
    return [
        key
        for key, (recall, qps) in points.items()
        if low <= recall <= high and not any(one[0] >= recall and one[1] > slack * qps for one in front)
    ]
