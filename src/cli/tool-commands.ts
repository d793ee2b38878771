/** Commands that help to put Ferry on a board; a part of the table in `commands.ts`. */
import type { Command } from './command.ts'

/** The whole table, which holds this one. */
const all = async () => (await import('./commands.ts')).COMMANDS

export const TOOL_COMMANDS: readonly Command[] = [
  {
    name: 'bench',
    summary: 'Measure this board: disk DIR, upload, memory, scan DIR, all DIR.',
    words: 'disk DIR | upload [DIR] | memory | scan DIR | all DIR',
    details:
      'Works in a hidden folder of its own in DIR, which is removed at the end; no file of yours is touched. With --config the configured receiver gets an upload that is never finished, so that nothing is published there; without, receivers are started on this machine, with their stores in DIR (default: here).',
    options: [
      { name: 'config', value: 'FILE', about: 'upload: measure the destination of this file.' },
      { name: 'seconds', value: 'N', about: 'For each kind of measurement. Default: 5' },
      { name: 'size', value: 'SIZE', about: 'The largest file. Default: 256MiB' },
      { name: 'json', value: 'flag', about: 'As JSON, for programs.' },
    ],
    run: async (args) => (await import('./bench.ts')).bench(args),
  },
  {
    name: 'completion',
    summary: 'Print the completion for a shell.',
    words: 'bash | zsh | fish',
    details: 'For bash: ferry completion bash > /etc/bash_completion.d/ferry',
    options: [],
    run: async (args) => (await import('./completion.ts')).completion(args, await all()),
  },
  {
    name: 'man',
    summary: 'Print a manual page.',
    words: 'ferry | ferry.json',
    details: 'To read it: ferry man | man -l -',
    options: [],
    run: async (args) => (await import('./man.ts')).man(args, await all()),
  },
]
