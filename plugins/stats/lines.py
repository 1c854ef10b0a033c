import json

from ekuiper import Sink


class Lines(Sink):
    """Appends each value to the file `path`, as JSON on a line of its own; with `ack` each one is acknowledged."""

    def configure(self, conf):
        if not isinstance(conf.get('path'), str) or not conf['path']:
            raise ValueError(f'lines: path is {conf.get("path")!r}: give the path of a file')
        self.acks = True
        self.path, self.ack = conf['path'], conf.get('ack', False)
        # Here, where an error is the answer to the start: one in open() is only logged.
        self.file = open(self.path, 'ab', buffering=0)

    def open(self, ctx):
        pass

    def collect(self, ctx, data):
        # An exception would end the sink without a word to the host.
        try:
            self.file.write(lines_of(data))
        except (OSError, ValueError) as error:
            self.tell(ctx.ack_error, f'lines: {error}')
        else:
            if self.ack:
                self.tell(ctx.ack_ok)

    def tell(self, ack, *text):
        """A stock eKuiper reads acks only where a rule asks for them: after the first that finds no room none is sent."""
        if not self.acks:
            return
        try:
            ack(*text)
        except Exception:
            self.acks = False

    def close(self, ctx):
        """The file closes with this object: a stop may come while a value is on its way through `collect`."""


def lines_of(data):
    """A stock eKuiper sends an array unless `sendSingle` is set: one line for each of its values."""
    value = json.loads(data)
    values = value if isinstance(value, list) else [value]
    return ''.join(json.dumps(one, ensure_ascii=False) + '\n' for one in values).encode()
