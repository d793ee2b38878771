/** The report for people. Pure. */
import { formatBytes } from '../units.ts'
import { marksOf } from './figures.ts'
import type { BenchReport, DiskReport, MemoryReport, ScanReport, UploadReport } from './report.ts'
import { verdict } from './verdict.ts'

type Row = readonly [string, string, string?]

const number = (value: number, digits = 1) =>
  value >= 100 ? String(Math.round(value)) : value.toFixed(digits)

function diskRows({ fio, ...disk }: DiskReport): Row[] {
  const sync = disk.fdatasync_ms
  const [mb, iops] = ['MB/s', '4 KiB/s']
  const beside = (value: number | undefined) => (value === undefined ? '' : `fio: ${number(value)}`)
  const marks = marksOf({ fio, ...disk }).map(
    ({ name, isReached, asks }): Row => [`  ${name}`, isReached ? 'yes' : 'no', asks],
  )
  const how = disk.random_direct ? 'one at a time' : 'one at a time, through the page cache'
  return [
    ['disk', disk.directory, `${formatBytes(disk.bytes)} written`],
    ['  sequential write', `${number(disk.write_mb_s)} ${mb}`, beside(fio?.write_mb_s)],
    [
      '  sequential read',
      `${number(disk.read_mb_s)} ${mb}`,
      disk.read_from_disk ? '' : 'the page cache could not be emptied',
    ],
    [
      '  fdatasync',
      `${number(sync.p50, 2)} ms`,
      `p90 ${number(sync.p90, 2)}, p99 ${number(sync.p99, 2)}, max ${number(sync.max, 2)}`,
    ],
    [
      '  random write',
      `${number(disk.random_write_iops)} ${iops}`,
      [how, beside(fio?.random_write_iops)].filter((part) => part !== '').join('; '),
    ],
    ['  random read', `${number(disk.random_read_iops)} ${iops}`, ''],
    ...marks,
  ]
}

function uploadRows(upload: UploadReport): Row[] {
  const { receiver_cpu_cores: receiver, files_s: files } = upload
  const their = receiver === undefined ? '' : `receiver ${number(receiver, 2)}`
  return [
    [`upload ${upload.transport}`, upload.to, `${formatBytes(upload.bytes)} sent`],
    ['  rate', `${number(upload.mb_s)} MB/s`, ''],
    ['  small files', files === undefined ? 'not measured' : `${number(files)} /s`, '4 KiB each'],
    ['  CPU', `${number(upload.cpu_cores, 2)} cores`, their],
    ['  memory', formatBytes(upload.rss_bytes), ''],
  ]
}

const memoryRows = (memory: MemoryReport): Row[] => [
  [
    'memory',
    formatBytes(memory.total_bytes),
    `${formatBytes(memory.available_bytes)} available, swap ${formatBytes(memory.swap_bytes)}`,
  ],
  ['  at start', formatBytes(memory.start_rss_bytes), ''],
  ['  with the network', formatBytes(memory.network_rss_bytes), ''],
  ['  with files waiting', formatBytes(memory.loaded_rss_bytes), `${memory.loaded_files} files`],
]

const scanRows = (scan: ScanReport): Row[] => [
  ['scan', scan.directory, `${scan.files} files, ${formatBytes(scan.bytes)}`],
  ['  first look', `${number(scan.first_ms)} ms`, `${scan.skipped} names left out`],
  ['  next look', `${number(scan.next_ms)} ms`, `${number(scan.cpu_ms)} ms of CPU`],
  ['  memory', formatBytes(scan.rss_bytes), ''],
]

/** The table, and under it the verdict. */
export function renderBench(report: BenchReport): string {
  const rows = [
    ...(report.disk ? diskRows(report.disk) : []),
    ...(report.uploads ?? []).flatMap(uploadRows),
    ...(report.memory ? memoryRows(report.memory) : []),
    ...(report.scan ? scanRows(report.scan) : []),
  ]
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(([name, value, note = '']) =>
    `${name.padEnd(widths[0] ?? 0)}  ${value.padEnd(widths[1] ?? 0)}  ${note}`.trimEnd(),
  )
  return [...lines, '', ...verdict(report).map((sentence) => `- ${sentence}`), ''].join('\n')
}
