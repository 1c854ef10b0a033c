import math
from collections import OrderedDict


class RunningScores:
    """Standard scores of the values of each key, over all that came so far, as Welford keeps them: no value is kept."""

    def __init__(self, max_keys=10_000):
        """One key more, and the one that was used longest ago is forgotten."""
        self.max_keys = max_keys
        self.summaries = OrderedDict()

    def score(self, key, value):
        """How many standard deviations `value` lies above the mean of its key, itself included; 0 while all are equal.

        Since the value is part of the mean, the n-th one scores (n - 1) / sqrt(n) at most: three values prove little.
        """
        count, mean, squares = self.summaries.get(key, (0, 0.0, 0.0))
        count += 1
        distance = value - mean
        mean += distance / count
        squares += distance * (value - mean)
        if not math.isfinite(squares):
            # Too large to be squared: it scores as what lies infinitely far away, and its key begins anew with it.
            self.keep(key, (1, value, 0.0))
            return math.copysign((count - 1) / math.sqrt(count), distance)
        self.keep(key, (count, mean, squares))
        deviation = math.sqrt(squares / (count - 1)) if count > 1 else 0.0
        score = (value - mean) / deviation if deviation > 0 else 0.0
        return score if math.isfinite(score) else 0.0

    def keep(self, key, summary):
        self.summaries[key] = summary
        self.summaries.move_to_end(key)
        if len(self.summaries) > self.max_keys:
            self.summaries.popitem(last=False)
