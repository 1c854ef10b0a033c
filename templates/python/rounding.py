from ekuiper import Function


class Round(Function):
    """round(value, digits): the value with so many digits after the point."""

    def validate(self, args):
        # An empty text says that they are right.
        return '' if len(args) == 2 else f'round takes a value and a number of digits, not {len(args)}'

    def exec(self, args, ctx):
        value, digits = args
        for argument in args:
            if isinstance(argument, bool) or not isinstance(argument, (int, float)):
                raise TypeError(f'round: got {args!r}: give two numbers')
        return round(value, int(digits))

    def is_aggregate(self):
        return False
