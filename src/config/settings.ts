/**
 * Every setting, once. The parser, its checks, `ferry run --help`, `packaging/settings.md` and
 * `packaging/ferry.example.json` come from this table.
 */
import { CAPTURE_SETTINGS } from './capture-settings.ts'
import type { Setting } from './setting.ts'

export const SETTINGS = [
  {
    key: 'device',
    kind: 'text',
    defaultText: "the board's host name",
    about: 'Name of this board. Part of the identity of every upload: keep it when you reinstall.',
    example: 'robot-7',
  },
  {
    key: 'destination.url',
    kind: 'text',
    defaultText: 'none: it must be set',
    about:
      'Where files go: `grpcs://host:7443` (TLS), `grpc://127.0.0.1:7443` (plaintext, loopback or without a key only), or `file:///mnt/usb/store` (a directory made by `ferry receive --init`).',
    example: 'grpcs://files.example.com:7443',
  },
  {
    key: 'destination.key_file',
    kind: 'path',
    defaultText: 'no key',
    about: "File with this board's key, one line, mode 0600. It is read again for each connection.",
    example: '/etc/ferry/key',
  },
  {
    key: 'destination.ca_file',
    kind: 'path',
    defaultText: "the system's certificate authorities",
    about: "Certificate (PEM) of the authority that signed the receiver's.",
    example: '/etc/ferry/ca.pem',
  },
  {
    key: 'destination.protocol',
    kind: 'choice',
    choices: ['auto', 'ferry', 'viam'],
    default: 'auto',
    about:
      "`ferry`: resumes in the middle of a file and stores nothing twice. `viam`: the protocol of Viam's data manager. `auto`: `ferry`, unless the destination never spoke it and does not know it.",
  },
  {
    key: 'viam_config',
    kind: 'path',
    defaultText: 'none',
    about:
      "viam-server's configuration: a machine's JSON, its cached copy, or `/etc/viam.json`. The data manager's attributes and `cloud` are taken from it; keys of this file stand over them. Such a file also works as the configuration itself.",
  },
  {
    key: 'capture_dir',
    kind: 'path',
    fromViam: true,
    defaultText: '`$VIAM_HOME/capture` or `~/.viam/capture`, if it exists',
    about:
      'Directory of captured data. `.capture` files in it are complete and go at once; `.prog` files are being written and are left alone.',
    example: '/data/capture',
  },
  {
    key: 'additional_sync_paths',
    kind: 'roots',
    fromViam: true,
    default: [],
    about:
      'More directories to send from: paths, or objects with `path`, `include` and `exclude` (globs below the path) and `after_upload`: `delete` (default) or `keep`.',
    example: [
      '/data/logs',
      { path: '/data/bags', include: ['**/*.mcap'], exclude: ['**/tmp/**'], after_upload: 'keep' },
    ],
  },
  {
    key: 'sync_interval_mins',
    kind: 'number',
    fromViam: true,
    default: 0.1,
    about:
      'Minutes between two looks at the directories; twice that, up to 15 s, while the receiver cannot be reached. Near zero (below 0.0001) means 0.1.',
  },
  {
    key: 'sync_disabled',
    kind: 'boolean',
    fromViam: true,
    default: false,
    about:
      'True stops the schedule: nothing is looked for, sent or deleted, unless `ferry sync` asks for it.',
  },
  {
    key: 'file_last_modified_millis',
    kind: 'integer',
    fromViam: true,
    default: 10_000,
    about:
      'A file is finished when size, times and inode stay the same for this long, by a clock that never jumps. 0 means the default.',
  },
  {
    key: 'maximum_num_sync_threads',
    kind: 'integer',
    fromViam: true,
    defaultText: 'half the number of CPUs, at least 1 (0 means the default)',
    about: 'Large files (1 MiB and more) sent at the same time.',
  },
  {
    key: 'tags',
    kind: 'texts',
    fromViam: true,
    default: [],
    about:
      "Words that the receiver keeps in each file's metadata; at most 12 KiB, 32 bytes a word added.",
  },
  {
    key: 'bandwidth',
    kind: 'rate',
    defaultText: 'no limit',
    about: 'Bytes of file content per second, held over any ten seconds: `2MiB/s`.',
    example: '2MiB/s',
  },
  {
    key: 'state_dir',
    kind: 'path',
    defaultText: '`/var/lib/ferry` as root, else `~/.local/state/ferry`',
    about: 'Journal and control socket. One agent for each.',
    example: '/var/lib/ferry',
  },
  {
    key: 'delete_when_unsure',
    kind: 'boolean',
    default: false,
    about:
      'Delete an acknowledged file even where the system cannot tell whether a process still has it open for writing.',
  },
  {
    key: 'max_files_in_flight',
    kind: 'integer',
    default: 480,
    about: 'Files sent at the same time, small ones included.',
  },
  {
    key: 'max_bytes_in_flight',
    kind: 'size',
    default: '32MiB',
    about: 'Bytes of files sent at the same time; a large file counts with 8 MiB.',
  },
  {
    key: 'max_journal_files',
    kind: 'integer',
    default: 500_000,
    about: 'Files that the journal remembers at once; further ones wait for room.',
  },
  {
    key: 'silence_timeout',
    kind: 'time',
    default: '60s',
    about: 'A connection on which nothing moves for this long is given up and made anew.',
  },
  {
    key: 'log_level',
    kind: 'choice',
    choices: ['error', 'warn', 'info', 'debug', 'trace'],
    default: 'info',
    about: 'At `info` one line for each pass and each trouble; files at `debug`.',
  },
  {
    key: 'log_format',
    kind: 'choice',
    choices: ['auto', 'text', 'json'],
    default: 'auto',
    about: '`auto`: text on a terminal, JSON lines otherwise.',
  },
  ...CAPTURE_SETTINGS,
] as const satisfies readonly Setting[]

export type SettingKey = (typeof SETTINGS)[number]['key']
