from ekuiper import Function

from running_scores import RunningScores

SCORES = RunningScores()


class ZScore(Function):
    """zscore(key, value): how unusual a value is among those of its key in this rule, in standard deviations."""

    def validate(self, args):
        return '' if len(args) == 2 else f'zscore takes a key and a value, got {len(args)} arguments'

    def exec(self, args, ctx):
        key, value = args
        if not isinstance(key, (str, int, float)) or isinstance(key, bool):
            raise TypeError(f'zscore: key is {key!r}: give a string or a number')
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise TypeError(f'zscore: value of {key} is {value!r}: give a number')
        # One process serves all rules: two of them may use one key.
        return SCORES.score((ctx.get_rule_id(), key), value)

    def is_aggregate(self):
        return False
