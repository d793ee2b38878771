/** Every command, once: the parser, `--help` and the generated documents come from this table. */
import type { Command } from './command.ts'
import { INSTALL_COMMANDS } from './install-commands.ts'
import { TOOL_COMMANDS } from './tool-commands.ts'

const CONFIG = {
  name: 'config',
  value: 'FILE',
  about: 'The configuration, JSON with comments. Default: /etc/ferry/ferry.json',
}
const KEYS = { name: 'keys', value: 'FILE', about: 'The keys file. Default: keys in the store.' }
const VOLATILE = {
  name: 'allow-volatile-store',
  value: 'flag',
  about: 'Take a store in memory (tmpfs).',
}
const STORE = { name: 'store', value: 'DIR', about: 'The store, made by --init.' }

export const COMMANDS: readonly Command[] = [
  {
    name: 'run',
    summary: 'Send files from this board, until stopped.',
    words: '',
    details:
      'SIGTERM and SIGINT stop at a safe point, a second one at once. SIGHUP reads the configuration again.',
    options: [
      CONFIG,
      {
        name: 'once',
        value: 'flag',
        about:
          'Send what two looks find, then stop; 0 only if all of it is gone or kept. Sends nothing during a pause or with sync disabled.',
      },
      {
        name: 'timeout',
        value: 'TIME',
        about: 'With --once: give up after this long, as 10m. Default: 10m',
      },
      {
        name: 'dry-run',
        value: 'flag',
        about: 'Name what would be sent and deleted, and why not; change nothing.',
      },
      {
        name: 'log-level',
        value: 'LEVEL',
        about: 'error, warn, info, debug or trace; over the configuration.',
      },
    ],
    run: async (args) => (await import('./run.ts')).run(args),
  },
  {
    name: 'check',
    summary: 'Check configuration, permissions, receiver, clock and disk; every problem at once.',
    words: '',
    details:
      'As root it looks at files as the user that the agent runs as. Each line is ok, warn or fail, and says what to do. Ends with 1 where one fails, with 78 where the configuration cannot be used.',
    options: [
      CONFIG,
      { name: 'offline', value: 'flag', about: 'Ask neither name server nor receiver.' },
      { name: 'json', value: 'flag', about: 'As JSON, for programs.' },
    ],
    run: async (args) => (await import('./check.ts')).check(args),
  },
  {
    name: 'status',
    summary: 'Show what is sent, what waits and why.',
    words: '',
    options: [CONFIG, { name: 'json', value: 'flag', about: 'As JSON, for programs.' }],
    run: async (args) => (await import('./status.ts')).status(args),
  },
  {
    name: 'sync',
    summary: 'Send everything now, whatever the schedule says.',
    words: '',
    details:
      'The running agent looks at once, although sync is disabled, paused or waits for a yes, and returns when all that was found is on its way. Fails with the cause when the destination cannot be reached.',
    options: [
      CONFIG,
      {
        name: 'wait',
        value: 'flag',
        about: 'Return when all of it is gone, or what is left can only wait.',
      },
      { name: 'timeout', value: 'TIME', about: 'Give up after this long, as 10m. Default: 10m' },
    ],
    run: async (args) => (await import('./sync.ts')).sync(args),
  },
  {
    name: 'pause',
    summary: 'Send nothing until told otherwise.',
    words: '',
    details:
      'What is under way ends, also of a sync by hand; nothing new is looked for, sent or deleted. It survives a restart; its time passes only while an agent runs.',
    options: [
      CONFIG,
      { name: 'for', value: 'TIME', about: 'For this long, as 2h. Default: until ferry resume' },
    ],
    run: async (args) => (await import('./pause.ts')).pause(args),
  },
  {
    name: 'resume',
    summary: 'End a pause.',
    words: '',
    options: [CONFIG],
    run: async (args) => (await import('./pause.ts')).resume(args),
  },
  {
    name: 'retry',
    summary: 'Put back what lies in failed/, and ask again about what was refused.',
    words: '',
    options: [CONFIG],
    run: async (args) => (await import('./retry.ts')).retry(args),
  },
  {
    name: 'init',
    summary: 'Write a configuration and the key file on a board.',
    words: '',
    details: 'Existing files are left alone unless --force is given.',
    options: [
      { name: 'join', value: 'LINE', about: 'The line that ferry keys add printed.' },
      { name: 'dir', value: 'DIR', about: 'Where the files go. Default: /etc/ferry' },
      {
        name: 'root',
        value: 'DIR',
        about: 'A directory to send from; may be repeated.',
        multiple: true,
      },
      {
        name: 'device',
        value: 'NAME',
        about: 'Name of this board. Default: as in the line, or the host name.',
      },
      { name: 'state-dir', value: 'DIR', about: 'Where the journal goes.' },
      { name: 'force', value: 'flag', about: 'Replace what is there.' },
      {
        name: 'key-only',
        value: 'flag',
        about: 'With --join: replace key and authority; the configuration stays as it is.',
      },
    ],
    run: async (args) => (await import('./init.ts')).init(args),
  },
  ...INSTALL_COMMANDS,
  {
    name: 'receive',
    summary: 'Receive files: the other end.',
    words: '',
    details:
      '--init DIR makes a store with a private certificate authority and a keys file. Without TLS and keys only loopback is listened on.',
    options: [
      {
        name: 'init',
        value: 'DIR',
        about:
          'Make a store and stop; with --host, add names to the certificate of one that is there.',
      },
      {
        name: 'host',
        value: 'NAME',
        about: 'With --init: a name or address of this machine; may be repeated.',
        multiple: true,
      },
      STORE,
      { name: 'listen', value: 'HOST:PORT', about: 'Default: 127.0.0.1:7443; port 0 picks one.' },
      {
        name: 'tls-cert',
        value: 'FILE',
        about: 'Certificate chain (PEM). Default: what --init made.',
      },
      { name: 'tls-key', value: 'FILE', about: 'Its key (PEM). Default: what --init made.' },
      { name: 'plaintext', value: 'flag', about: 'No TLS, for loopback.' },
      KEYS,
      {
        name: 'no-keys',
        value: 'flag',
        about: 'No keys, for loopback: every agent is "anonymous".',
      },
      { name: 'min-free', value: 'SIZE', about: 'Room that stays free. Default: 256MiB' },
      { name: 'receipt-days', value: 'DAYS', about: 'How long receipts are kept. Default: 90' },
      {
        name: 'part-days',
        value: 'DAYS',
        about: 'How long unfinished uploads are kept. Default: 14',
      },
      {
        name: 'merge-every',
        value: 'TIME',
        about:
          'Merge small files of rows of past dates at start and so often, as 6h. Default: never',
      },
      VOLATILE,
      {
        name: 'log-level',
        value: 'LEVEL',
        about: 'error, warn, info, debug or trace. Default: info',
      },
    ],
    run: async (args) => (await import('./receive.ts')).receive(args),
  },
  {
    name: 'merge',
    summary: 'Merge small files of rows in a store; no receiver may run on it.',
    words: '',
    details:
      'Only folders of past dates, and only files whose uploads are answered for. May be stopped at any moment.',
    options: [STORE, VOLATILE],
    run: async (args) => (await import('./merge.ts')).merge(args),
  },
  {
    name: 'keys',
    summary: 'Keys of boards: add NAME, list, revoke ID.',
    words: 'add NAME | list | revoke ID',
    details:
      'A key is shown once. The join line holds address, CA fingerprint and key: give it to ferry init --join on the board. A running receiver sees changes by itself.',
    options: [
      { ...KEYS, about: 'The keys file, in a store made by --init.' },
      {
        name: 'address',
        value: 'HOST:PORT',
        about: 'Where boards reach the receiver; for the join line.',
      },
      {
        name: 'ca',
        value: 'FILE',
        about:
          'With a certificate of your own (receive --tls-cert): its authority (PEM), or "public".',
      },
    ],
    run: async (args) => (await import('./keys.ts')).keys(args),
  },
  ...TOOL_COMMANDS,
  {
    name: 'version',
    summary: 'Show the version.',
    words: '',
    options: [],
    run: async () => (await import('./version.ts')).version(),
  },
  {
    name: 'generate',
    summary: 'Write the documents that come from the tables (for developers).',
    words: '',
    options: [{ name: 'check', value: 'flag', about: 'Fail where one is stale.' }],
    hidden: true,
    run: async (args) => (await import('./generate.ts')).generate(args, COMMANDS),
  },
]
