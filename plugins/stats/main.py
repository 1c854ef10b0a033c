"""The plugin "stats": a z-score, noise to try it on, and a file for what comes out."""

from ekuiper import PluginConfig, plugin

from lines import Lines
from noise import Noise
from zscore import ZScore

if __name__ == '__main__':
    plugin.start(PluginConfig('stats', {'noise': Noise}, {'lines': Lines}, {'zscore': ZScore}))
