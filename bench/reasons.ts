/** Why a bar is missed: what limits it, what a profile shows, what was tried. By the bar's id. */

/** To be replaced, one by one, by what a measurement of five rounds on a quiet machine shows. */
const TRIAL = 'a trial of one round on a busy machine, before any tuning; not a measurement.'

export const REASONS: Readonly<Record<string, string>> = {
  'large-curl': TRIAL,
  'large-cpu': TRIAL,
  'large-sink': TRIAL,
  'large-tls': TRIAL,
  'small-rclone': TRIAL,
  'small-plain': TRIAL,
  'rtt-calls': `${TRIAL} The receiver's HTTP/2 window of 64 KiB a connection let that much through in each 100 ms.`,
  'poll-find': TRIAL,
  'poll-growth': TRIAL,
  'memory-peak': `${TRIAL} The highest is that of 64 large files in flight, at 8 MiB each.`,
  'memory-idle': TRIAL,
  'memory-private': TRIAL,
  'idle-10000': TRIAL,
  'wear-small': `${TRIAL} Each change writes whole pages of 4 KiB to the journal's log, and again when it is folded in.`,
  'wear-large': TRIAL,
  'cut-large': `${TRIAL} A cut forgets what came after the last whole block of 1 MiB.`,
}
