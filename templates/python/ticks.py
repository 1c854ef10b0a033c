import math
import threading

from ekuiper import Source


class Ticks(Source):
    """A sine wave: {"i": 0, "value": 0.0} and so on, a value every so many milliseconds, `count` of them or without end."""

    def __init__(self):
        self.stopped = threading.Event()

    def configure(self, datasource, conf):
        # What is raised here is the answer to whoever has started the source.
        self.every = number(conf, 'every', 1000)
        self.count = number(conf, 'count', math.inf)

    def open(self, ctx):
        i = 0
        # An event and not a sleep: a stop need not wait for the next value.
        while i < self.count and not self.stopped.wait(self.every / 1000):
            ctx.emit({'i': i, 'value': math.sin(i / 10)}, None)
            i += 1
        # A source whose open() returns has died: it would be started again.
        self.stopped.wait()

    def close(self, ctx):
        self.stopped.set()


def number(conf, name, otherwise):
    value = conf.get(name, otherwise)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
        raise ValueError(f'ticks: {name} is {value!r}: give a number of more than 0')
    return value
