"""What all adapters of searching libraries share.

They run inside a worker process that is pinned to one core while it searches, with every thread pool set to one
thread. Libraries are imported in the constructors, so a missing one fails only its own worker.
"""


class Peer:
    """
    `answers_batch_one_by_one`: the library itself handles a batch query after query, so its batch rate is
    also what one query costs without the price of a call from Python.
    `builds_with_two_threads`: its two-thread build is measured too where a group builds with one.
    `is_exact`: every answer is right, so a part of the queries shows it.
    `against`: the index type of Apus that works the same way; None for the best of the group.
    `stands_in_for`: measured only where that peer of the same group failed.
    """

    answers_batch_one_by_one = True
    builds_with_two_threads = False
    is_exact = False
    against = None
    stands_in_for = None

    def __init__(self, metric, rows, dimension, k):
        self.metric, self.rows, self.dimension, self.k = metric, rows, dimension, k

    @classmethod
    def label_for(cls, rows, dimension):
        """The name in the report, with every parameter that decides what is built."""
        return cls.label

    def sweeps(self, mode, efforts):
        """Lists of settings, each by rising effort; `efforts` is the ef list of the run."""
        return [[{"ef": effort} for effort in efforts if effort >= self.k]]

    def prepare(self, query):
        """The form `single` takes, made outside the timed part."""
        return query[None]

    def save(self, folder):
        raise NotImplementedError(f"{self.name} cannot be saved")
