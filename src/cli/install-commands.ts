/** The part of the table of commands that is about services. */
import type { Command } from './command.ts'

const INIT = {
  name: 'init',
  value: 'KIND',
  about: 'systemd, sysv, openrc, procd or auto. Default: auto',
}
const RECEIVER = { name: 'receiver', value: 'flag', about: 'The receiver, not the agent.' }
const PREFIX = {
  name: 'prefix',
  value: 'DIR',
  about: 'An image of a system below this directory; nothing is started.',
}
const DRY = { name: 'dry-run', value: 'flag', about: 'Say what would be done; change nothing.' }

export const INSTALL_COMMANDS: readonly Command[] = [
  {
    name: 'install',
    summary: 'Make a service of this executable: user, directories, configuration, unit or script.',
    words: '',
    details:
      'Says each thing that it does; run again it changes only what is not so, and restarts after an upgrade. Run it again when the directories of the configuration change. Without --join and with a terminal it asks.',
    options: [
      INIT,
      {
        name: 'user',
        value: 'USER',
        about:
          'Who it runs as. Default: as before, else the owner of the directories, root for several, ferry for none.',
      },
      RECEIVER,
      {
        name: 'join',
        value: 'LINE',
        about:
          'The line that ferry keys add printed. For a new configuration; an untouched example is replaced.',
      },
      {
        name: 'root',
        value: 'DIR',
        about: 'A directory to send from, for a new configuration; may be repeated.',
        multiple: true,
      },
      {
        name: 'device',
        value: 'NAME',
        about: 'Name of this board. Default: as in the line, or the host name.',
      },
      {
        name: 'store',
        value: 'DIR',
        about: 'With --receiver. Default: as before, else /srv/ferry',
      },
      {
        name: 'host',
        value: 'NAME',
        about:
          'With --receiver: a name or address of this machine, added to the certificate of a store that is there; may be repeated.',
        multiple: true,
      },
      {
        name: 'listen',
        value: 'HOST:PORT',
        about: 'With --receiver. Default: as before, else 0.0.0.0:7443',
      },
      PREFIX,
      DRY,
    ],
    run: async (args) => (await import('./install.ts')).install(args),
  },
  {
    name: 'uninstall',
    summary: 'Stop and remove the service and the executable; no data.',
    words: '',
    options: [
      INIT,
      RECEIVER,
      {
        name: 'purge',
        value: 'flag',
        about: 'The configuration with its key, and the journal, too.',
      },
      PREFIX,
      DRY,
    ],
    run: async (args) => (await import('./uninstall.ts')).uninstall(args),
  },
]
