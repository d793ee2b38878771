/** Why a bar is missed: what limits it, what a profile shows, what was tried. By the bar's id. */

import type { ProfileRef } from './profiles.ts'

export const REASONS: Readonly<Record<string, string>> = {
  'large-curl':
    'the receiver, one thread of JavaScript, is busy from the first to the last byte: half of it is SHA-256 of the content, which stands in each receipt and which nginx does not make; a fifth is writing. The two cores are threads of one: what either end computes slows the other, and SHA-256 on a thread beside it changed the time by 2 %. It was 0.43 on another machine, and 0.36 before the agent had an HTTP/2 of its own, messages grew to 256 KiB and the receiver copied half as often.',
  'large-cpu':
    'what is left is the kernel: copies from the page cache and into the socket, 0.55 s/GB, which curl needs as well (0.44 s/GB in all on one machine, 0.6 on another; ferry 0.82 and 0.96); in user mode it is 0.3, for digests, CRC-32, and starting the program. It was 1.32 with the HTTP/2 of the runtime.',
  'large-sink':
    'the same CPU of the agent: one thread is busy throughout, and half of that are the copies that the plain one makes as well. It was 0.34.',
  'large-tls':
    'as for plaintext: the receiver is the limit, with decryption on the same thread as SHA-256.',
  'small-rclone':
    'rclone without a look at the target, without sums, times and a second name (its settings are below) is as fast here as a plain program that only creates and syncs the same files, and syncs once, at the end. Five times that is beyond the disk: ferry reaches what the plain program does, with every file and name durable before its answer. With the settings that are usually named as its fastest (--transfers 32 --no-traverse --ignore-checksum) rclone made 150 files a second.',
  'memory-peak':
    'of the highest peak 45 MiB are clean pages of the executable. Small files leave garbage that the runtime collects late: it is told to after 400 events, the first look included, which took it from 119 to 97 MiB; more often changed little. A backlog has one look and many rows at once.',
  'memory-idle':
    '43 MiB of it are pages of the executable that the kernel may drop at any time (code 32, constants 6, data 5); 10 are private. Without node:net, node:tls, node:crypto and grpc-js, which are loaded where they are used. node:zlib is loaded with the first large message.',
}

const of = (scenario: string, ...tables: string[]) => tables.map((table) => ({ scenario, table }))

/** What is shown with a reason, by the bar's id: tables that `profile.ts` makes. */
export const PROFILED: Readonly<Record<string, readonly ProfileRef[]>> = {
  'large-curl': of('large', 'receiver'),
  'large-cpu': of('large', 'agent'),
  'large-sink': of('large', 'agent'),
  'large-tls': of('large', 'receiver'),
  'small-rclone': of('small', 'receiver', 'receiver, by our functions', 'agent'),
  'memory-idle': of('memory', 'agent, idle'),
  'memory-peak': of('memory', 'agent, at its peak'),
}
