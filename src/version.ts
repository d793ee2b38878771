/** The program's version, from package.json when it is built. */
import manifest from '../package.json' with { type: 'json' }

export const VERSION = manifest.version
export const SOFTWARE = `ferry/${manifest.version}`
