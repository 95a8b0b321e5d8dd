"""Parameters that Apus and its peers share, so that both sides of a ratio get the same. Standard library only."""

import math

M = 16
EF_CONSTRUCTION = 200
NPROBE = (1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512)
# Where candidates are re-ranked from full vectors, the grid has both.
REFINED_NPROBE = (4, 8, 16, 32, 64, 128, 256)
CANDIDATES = (40, 100, 300)


def list_count(rows):
    """The power of two nearest to 4 sqrt(rows), the number of lists of every inverted file."""
    return max(16, 2 ** round(math.log2(4 * math.sqrt(rows))))


def nprobes(rows, values=NPROBE):
    return [value for value in values if value <= list_count(rows)]


def parts_of(dimension, wanted):
    """The dividing number of parts that is nearest to `dimension / wanted`."""
    return min((n for n in range(1, dimension + 1) if dimension % n == 0), key=lambda n: abs(n - dimension / wanted))
