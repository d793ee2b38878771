/** The status document for people. Pure. */
import { formatBytes, formatTime } from '../units.ts'
import type { StatusDocument } from './snapshot.ts'

/** Names shown for each reason. */
const EXAMPLES_SHOWN = 3

function connectionLines(document: StatusDocument): string[] {
  const { connection, running, paused, paused_because: cause, pause_left_ms: left } = document
  const time = left === undefined || left === null ? '' : `, ${formatTime(left)} left`
  const state = paused ? `paused: ${cause}${time}` : 'running'
  if (!running) {
    const idle = 'agent       not running (this is what its journal knows)'
    return paused ? [idle, `            ${state}`] : [idle]
  }
  if (connection === undefined) return [`agent       ${state}`]
  const lines = [`agent       ${state}`, `receiver    ${connection.address}: ${connection.state}`]
  if (connection.cause !== '') lines.push(`            ${connection.cause}`)
  if (connection.hint !== '') lines.push(`            hint: ${connection.hint}`)
  if (connection.retry_in_ms > 0) {
    lines.push(`            asks again in ${formatTime(connection.retry_in_ms)}`)
  }
  return lines
}

function uploadLines({ uploading }: StatusDocument): string[] {
  return uploading.map(({ path, size, committed }) => {
    const percent = size === 0 ? 100 : Math.floor((committed / size) * 100)
    return `uploading   ${path}  ${formatBytes(size)}, ${percent} % durable`
  })
}

/** What an operator should know of, where it happened at all. */
function lostLines({ totals }: StatusDocument): string[] {
  const { quarantined, evicted, evicted_bytes: bytes } = totals
  return [
    ...(quarantined > 0 ? [`failed      ${quarantined} files cannot be decoded; see failed/`] : []),
    ...(evicted > 0
      ? [`evicted     ${evicted} files deleted unsent, ${formatBytes(bytes)}: the disk was full`]
      : []),
  ]
}

function waitingLines({ waiting }: StatusDocument): string[] {
  return waiting.flatMap(({ reason, files, examples }) => {
    const shown = examples.slice(0, EXAMPLES_SHOWN).join(', ')
    const more = files > Math.min(examples.length, EXAMPLES_SHOWN) ? ', ...' : ''
    return [`waiting     ${files} x ${reason}`, `            ${shown}${more}`]
  })
}

function diskLines({ disks }: StatusDocument): string[] {
  return disks.map(({ root, available_bytes, total_bytes, full_in_ms }) => {
    if (available_bytes === undefined || total_bytes === undefined) return `disk        ${root}: ?`
    const forecast = full_in_ms === undefined ? '' : `, full in ${formatTime(full_in_ms)}`
    return `disk        ${root}: ${formatBytes(available_bytes)} of ${formatBytes(total_bytes)} free${forecast}`
  })
}

export function renderStatus(document: StatusDocument): string {
  const { files, totals, troubles, device, software } = document
  return [
    `device      ${device} (${software})`,
    ...connectionLines(document),
    `to send     ${files.pending} files, ${formatBytes(files.pending_bytes)}` +
      ` (${files.in_flight} under way, ${files.slow_lane} in the slow lane)`,
    `settling    ${files.settling} files`,
    `to delete   ${files.to_delete} files; kept ${files.kept}`,
    `done        ${totals.acknowledged} files, ${formatBytes(totals.acknowledged_bytes)} acknowledged;` +
      ` ${totals.deleted} deleted, ${totals.superseded} superseded, ${totals.vanished} vanished`,
    ...lostLines(document),
    ...uploadLines(document),
    ...waitingLines(document),
    ...troubles.map((trouble) => `trouble     ${trouble}`),
    ...diskLines(document),
    '',
  ].join('\n')
}
