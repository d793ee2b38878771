/** Why a bar is missed: what limits it, what a profile shows, what was tried. By the bar's id. */

import type { ProfileRef } from './profiles.ts'

export const REASONS: Readonly<Record<string, string>> = {
  'large-curl':
    'the receiver, one thread of JavaScript: it is busy for 2.1 of 2.3 s. A profile gives SHA-256 41 %, HTTP/2 and the socket 20 %, writing 17 %; nginx computes no digest. SHA-256 on a thread beside it changed the time by 2 % only, since both cores are busy.',
  'large-cpu':
    'half of it is the kernel (copies from the page cache and to the socket), which curl needs too (0.5 s/GB); 23 % is the HTTP/2 of the runtime, which makes frames of 16 KiB and copies each, 17 % JavaScript and its compilation. Messages of 1 MiB changed nothing; an own HTTP/2 writer is what is left to try.',
  'large-sink':
    'the same CPU of the agent as above: one thread is busy from the first to the last byte, the copy needs a third of that.',
  'large-tls': 'as for plaintext: the receiver is the limit, with decryption on the same thread.',
  'small-rclone':
    'rclone without a look at the target, without sums, times and a second name (its settings are below) writes 1,900 files a second over sftp and syncs once, at the end. Five times that is three times what a plain program reaches that only creates and syncs the same files on this disk. With the settings that are usually named as its fastest (--transfers 32 --no-traverse --ignore-checksum) it was 150.',
  'small-plain':
    'the receiver makes two files (content and receipt), links and unlinks for each, where the plain program makes one and renames it.',
  'rtt-calls':
    'not found yet: 480 files at once over 100 ms allow 4,800 files/s, the receiver needs 1.1 ms of CPU a file here and both cores also run the proxy.',
  'cut-small':
    'files of 16 KiB that are on their way when the link is cut are sent again, and up to 480 are: over 1 MB/s that is 8 s of it. With 128 it was 0.2 %. To be bound by the rate that the link shows.',
  'memory-peak':
    'the highest is that of 64 large files in flight: each holds a digest block of 1 MiB. Small files: 120 to 135 MiB, of which 53 are the executable; garbage of closures for each file. --smol, collecting more often and fewer in flight changed little.',
  'memory-idle':
    '52 MiB of it are the executable itself (clean, shared pages: text 38, read-only data 8, writable data 6). --smol, other collectors and allocators were tried: 1 to 3 MiB.',
  'memory-private':
    'about 6 MiB at start, 10 with journal and configuration, 12 with grpc-js, 18 after TLS, HTTP/2 and one file sent; nothing tried lowered it by more than 1 MiB.',
  'idle-10000':
    'a look at 10,000 files costs 30 ms every 6 s; much of the rest is the question what is due and the search for other programs each 30 s, which were not tuned.',
}

const of = (scenario: string, ...tables: string[]) => tables.map((table) => ({ scenario, table }))

/** What is shown with a reason, by the bar's id: tables that `profile.ts` makes. */
export const PROFILED: Readonly<Record<string, readonly ProfileRef[]>> = {
  'large-curl': of('large', 'receiver'),
  'large-cpu': of('large', 'agent'),
  'small-rclone': of('small', 'receiver'),
  'small-plain': of('small', 'receiver', 'receiver, by our functions', 'agent'),
  'rtt-calls': of('rtt', 'receiver', 'agent', 'agent, by our functions'),
  'large-sink': of('large', 'agent'),
  'large-tls': of('large', 'receiver'),
  'memory-idle': of('memory', 'agent, idle'),
  'memory-private': of('memory', 'agent, idle'),
  'memory-peak': of('memory', 'agent, at its peak'),
  'idle-10': of('idle', 'agent', 'agent, by our functions'),
  'idle-10000': of('idle', 'agent', 'agent, by our functions'),
}
