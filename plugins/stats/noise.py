import random
import threading

from ekuiper import Source


class Noise(Source):
    """Normally distributed values, one per interval: {"i": 0, "value": 0.3}. The same seed gives the same values."""

    def __init__(self):
        self.stopped = threading.Event()

    def configure(self, datasource, conf):
        self.interval = number(conf, 'interval', 1000)
        self.mean = number(conf, 'mean', 0)
        self.deviation = number(conf, 'deviation', 1)
        if self.interval <= 0 or self.deviation < 0:
            raise ValueError('noise: give an interval of more than 0 ms, and a deviation of 0 or more')
        self.random = random.Random(conf.get('seed'))

    def open(self, ctx):
        i = 0
        # An event and not a sleep: a stop need not wait for the interval.
        while not self.stopped.wait(self.interval / 1000):
            ctx.emit({'i': i, 'value': self.random.gauss(self.mean, self.deviation)}, None)
            i += 1

    def close(self, ctx):
        self.stopped.set()


def number(conf, name, absent):
    value = conf.get(name, absent)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError(f'noise: {name} is {value!r}: give a number')
    return value
