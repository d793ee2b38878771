/** Settings that Viam's data manager has for capture, for its syncing sensor and for full disks. */
import type { Setting } from './setting.ts'

export const CAPTURE_SETTINGS = [
  {
    key: 'capture_disabled',
    kind: 'boolean',
    fromViam: true,
    capture: true,
    default: false,
    about:
      'Configures capture; true also keeps unsent files from being deleted when a disk is full.',
  },
  {
    key: 'maximum_capture_file_size_bytes',
    kind: 'integer',
    fromViam: true,
    capture: true,
    default: 262_144,
    about: 'Configures capture.',
  },
  {
    key: 'selective_syncer_name',
    kind: 'text',
    fromViam: true,
    defaultText: 'none',
    about:
      'Names a sensor of viam-server that decides when to sync. There is no such sensor here: without `selective_sync` nothing is sent on schedule while it is set, and `status` says why; with it, `selective_sync` decides.',
  },
  {
    key: 'selective_sync',
    kind: 'selective',
    defaultText: 'none: every look goes ahead',
    about:
      'Who is asked before each scheduled look: `{"file": PATH}`, `{"command": ["prog", "arg"]}` or `{"http": URL}` (loopback, or https). The answer is JSON with `"should_sync": true`; anything else, and silence for 5 s, means no.',
  },
  {
    key: 'mongo_capture_config',
    kind: 'object',
    fromViam: true,
    capture: true,
    defaultText: 'none',
    about: 'Configures capture.',
  },
  {
    key: 'capture_control_sensor',
    kind: 'object',
    fromViam: true,
    capture: true,
    defaultText: 'none',
    about: 'Configures capture.',
  },
  {
    key: 'delete_every_nth_when_disk_full',
    kind: 'integer',
    fromViam: true,
    defaultText: 'nothing unsent is deleted; 5 once a threshold is set',
    about:
      'When the disk is full, every so many-th complete capture file is deleted although it was not sent. This or one of the two thresholds turns that on; 0 means the default. Off while `capture_disabled` is true.',
  },
  {
    key: 'disk_usage_deletion_threshold',
    kind: 'number',
    fromViam: true,
    defaultText: '0.9',
    about: 'Used part of the volume of `capture_dir` from which on it counts as full.',
  },
  {
    key: 'capture_dir_deletion_threshold',
    kind: 'number',
    fromViam: true,
    defaultText: '0.5',
    about: 'Part of the volume that `capture_dir` itself must take for that.',
  },
] as const satisfies readonly Setting[]
