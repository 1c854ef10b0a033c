import math
import tempfile
import unittest
from pathlib import Path

from lines import Lines
from rounding import Round
from ticks import Ticks


class Context:
    """Stands for what the SDK hands to a symbol: a source that has emitted `most` values is stopped."""

    def __init__(self, symbol=None, most=0):
        self.symbol, self.most, self.emitted, self.acks = symbol, most, [], []
        self.reads_acks = True

    def emit(self, message, meta):
        self.emitted.append(message)
        if len(self.emitted) == self.most:
            self.symbol.close(self)

    def ack_ok(self):
        self.ack_error(None)

    def ack_error(self, error):
        if not self.reads_acks:
            raise TimeoutError
        self.acks.append(error)


class TicksTest(unittest.TestCase):
    def test_emits_a_sine_wave(self):
        source = Ticks()
        source.configure('', {'every': 1})
        context = Context(source, most=2)
        source.open(context)
        self.assertEqual(context.emitted, [{'i': 0, 'value': 0}, {'i': 1, 'value': math.sin(0.1)}])

    def test_refuses_what_is_no_interval(self):
        with self.assertRaisesRegex(ValueError, "every is 'often'"):
            Ticks().configure('', {'every': 'often'})


class RoundTest(unittest.TestCase):
    def test_rounds(self):
        self.assertEqual(Round().exec([1.256, 2], None), 1.26)

    def test_refuses_wrong_arguments(self):
        self.assertEqual(Round().validate([1, 2]), '')
        self.assertIn('not 1', Round().validate([1]))
        with self.assertRaises(TypeError):
            Round().exec(['a', 2], None)


class LinesTest(unittest.TestCase):
    def test_writes_a_line_for_each_value(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'out.ndjson'
            sink = Lines()
            sink.configure({'path': str(path)})
            context = Context()
            sink.collect(context, b'{"i": 1}')
            sink.collect(context, b'[{"i": 2}, {"i": 3}]')
            sink.collect(context, b'no JSON')
            sink.file.close()
            self.assertEqual(path.read_text(), '{"i": 1}\n{"i": 2}\n{"i": 3}\n')
            self.assertEqual(context.acks[:2], [None, None])
            self.assertRegex(context.acks[2], '^lines: ')

    def test_goes_on_under_a_host_that_reads_no_acks(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / 'out.ndjson'
            sink = Lines()
            sink.configure({'path': str(path)})
            context = Context()
            context.reads_acks = False
            sink.collect(context, b'1')
            sink.collect(context, b'2')
            sink.file.close()
            self.assertEqual(path.read_text(), '1\n2\n')


if __name__ == '__main__':
    unittest.main()
