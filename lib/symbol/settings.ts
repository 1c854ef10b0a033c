import type { InstalledPlugin } from '../install/installed-plugin.js';
import type { Control } from '../wire/control.js';

type Config = Readonly<Record<string, unknown>>;

/** The configuration of a symbol: read when its rule starts, and anew for another version of its plugin. */
export class SymbolSettings {
  private readonly dir: string;
  readonly first: Config;

  /** Throws what `read` throws. */
  constructor(
    plugin: InstalledPlugin,
    private readonly read: (pluginDir: string) => Config,
  ) {
    this.dir = plugin.dir;
    this.first = read(plugin.dir);
  }

  /** What START says to a process of `plugin`, made by `control` from a configuration. Throws what `read` throws. */
  controlFor(plugin: InstalledPlugin, control: (config: Config) => Control): Control {
    return control(plugin.dir === this.dir ? this.first : this.read(plugin.dir));
  }
}
