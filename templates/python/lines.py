import json

from ekuiper import Sink


class Lines(Sink):
    """Appends each value to the file `path`, as a line of JSON, and says when it has done so."""

    def configure(self, conf):
        path = conf.get('path')
        if not isinstance(path, str) or not path:
            raise ValueError('lines: path is missing: name the file to write')
        self.acks = True
        # Here, where an error is the answer to the start: one in open() is only logged.
        self.file = open(path, 'ab', buffering=0)

    def open(self, ctx):
        pass

    def collect(self, ctx, data):
        # What is raised here would end the sink without a word to the host.
        try:
            self.file.write(lines_of(data))
        except (OSError, ValueError) as error:
            self.tell(ctx.ack_error, f'lines: {error}')
        else:
            self.tell(ctx.ack_ok)

    def tell(self, ack, *text):
        """eKuiper reads no acks unless a rule says requireAck: after the first that finds no room none is sent."""
        if not self.acks:
            return
        try:
            ack(*text)
        except Exception:
            self.acks = False

    def close(self, ctx):
        """The file closes with this object: a stop may come while a value is on its way through `collect`."""


def lines_of(data):
    """eKuiper sends an array unless a rule says sendSingle: a line for each of its values."""
    value = json.loads(data)
    values = value if isinstance(value, list) else [value]
    return ''.join(json.dumps(one, ensure_ascii=False) + '\n' for one in values).encode()
