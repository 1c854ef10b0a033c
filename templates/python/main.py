"""The plugin "__plugin__". Its name and those of its symbols are the ones in __plugin__.json."""

from ekuiper import PluginConfig, plugin

from lines import Lines
from rounding import Round
from ticks import Ticks

if __name__ == '__main__':
    plugin.start(PluginConfig(
        '__plugin__',
        {'__symbol___ticks': Ticks},
        {'__symbol___lines': Lines},
        {'__symbol___round': Round},
    ))
