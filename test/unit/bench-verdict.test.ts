/** Figures, class marks and sentences of `ferry bench`. */
import { describe, expect, test } from 'bun:test'
import { latencyOf, marksOf, mbPerSecond, perSecond } from '../../src/bench/figures.ts'
import { memoryFigure } from '../../src/bench/memory.ts'
import type { DiskReport, UploadReport } from '../../src/bench/report.ts'
import { renderBench } from '../../src/bench/table.ts'
import { verdict } from '../../src/bench/verdict.ts'

const card: DiskReport = {
  directory: '/data',
  bytes: 256 << 20,
  write_mb_s: 18,
  read_mb_s: 80,
  read_from_disk: true,
  fdatasync_ms: { p50: 3, p90: 9, p99: 40, max: 90 },
  random_write_iops: 700,
  random_read_iops: 1800,
  random_direct: true,
  volatile: false,
  fio: undefined,
}

const upload: UploadReport = {
  to: 'grpcs://files.example.com:7443',
  transport: 'tls',
  bytes: 60e6,
  mb_s: 12,
  files_s: undefined,
  cpu_cores: 0.4,
  cpu_s_per_gb: 60,
  receiver_cpu_cores: undefined,
  rss_bytes: 90 << 20,
  limit_mb_s: undefined,
}
const report = { software: 'ferry/1', cpus: 4 }
const sentences = (parts: object) => verdict({ ...report, ...parts }).join('\n')

test('percentiles are values that were measured', () => {
  const times = Array.from({ length: 100 }, (_, index) => 100 - index)
  expect(latencyOf(times)).toEqual({ p50: 50, p90: 90, p99: 99, max: 100 })
  expect(latencyOf([7])).toEqual({ p50: 7, p90: 7, p99: 7, max: 7 })
})

test('rates of no time are none', () => {
  expect([perSecond(5, 0), perSecond(5, 1000), mbPerSecond(3e6, 500)]).toEqual([0, 5, 6])
})

test.each([
  [{}, ['C10/V10', 'A1']],
  [{ write_mb_s: 9.9 }, []],
  [{ write_mb_s: 30 }, ['C10/V10', 'V30', 'A1']],
  [{ random_read_iops: 1499 }, ['C10/V10']],
  [{ random_write_iops: 499 }, ['C10/V10']],
  [{ random_read_iops: 4000, random_write_iops: 2000 }, ['C10/V10', 'A1', 'A2']],
])('a disk with %p is as fast as cards marked %p', (change, names) => {
  const reached = marksOf({ ...card, ...change }).filter(({ isReached }) => isReached)
  expect(reached.map(({ name }) => name)).toEqual(names)
})

describe('the verdict', () => {
  test('says what a card sustains', () => {
    expect(sentences({ disk: card })).toBe(
      'this disk sustains 18 MB/s written: as fast as a card marked C10/V10, A1 must be',
    )
    expect(sentences({ disk: { ...card, write_mb_s: 4 } })).toContain('slower than the slowest')
    expect(sentences({ disk: { ...card, volatile: true } })).not.toContain('sustains')
  })

  test('warns of long syncs, and of a reading rate that is not of the disk', () => {
    const slow = { ...card, fdatasync_ms: { ...card.fdatasync_ms, p99: 400 } }
    expect(sentences({ disk: slow })).toContain('one sync in a hundred takes 400 ms')
    const warm = { ...card, read_from_disk: false }
    expect(sentences({ disk: warm })).toContain('the reading rate is of memory')
  })

  test.each([
    [{}, 'at 12 MB/s the network or the receiver is the limit'],
    [{ cpu_cores: 0.95 }, "at 12 MB/s this program's core is the limit"],
    [{ limit_mb_s: 12.5 }, 'at 12 MB/s the setting "bandwidth" is the limit'],
    [{ mb_s: 79 }, 'at 79 MB/s the disk is the limit'],
    [{ receiver_cpu_cores: 3.3 }, 'at 12 MB/s the CPU is the limit'],
    [{ receiver_cpu_cores: 0.2 }, '12 MB/s to a receiver on this machine, whose syncs'],
  ])('names what holds an upload with %p back', (change, says) => {
    expect(sentences({ disk: card, uploads: [{ ...upload, ...change }] })).toContain(says)
  })

  test('TLS costs the difference of both at the rate of the one with it', () => {
    const plain = { ...upload, transport: 'plaintext' as const, receiver_cpu_cores: 0.1 }
    const tls = { ...upload, cpu_s_per_gb: 110, receiver_cpu_cores: 0.1 }
    expect(sentences({ uploads: [plain, tls] })).toContain('TLS costs 60 % of a core at 12 MB/s')
    expect(sentences({ uploads: [tls] })).not.toContain('TLS costs')
  })

  test('tells memory, and when a look is too slow', () => {
    const memory = { available_bytes: 100 << 20, loaded_rss_bytes: 70 << 20, loaded_files: 10_000 }
    expect(sentences({ memory })).toContain('holds 70 MiB of memory; that leaves little')
    const scan = { files: 1_000_000, next_ms: 9000, cpu_ms: 3000 }
    expect(sentences({ scan })).toContain(
      '50 % of a core at one look each 6 s; raise sync_interval',
    )
    expect(sentences({ scan: { ...scan, next_ms: 90, cpu_ms: 60 } })).not.toContain('raise')
  })
})

test('the table shows each mark, fio beside, and the verdict below', () => {
  const text = renderBench({
    ...report,
    disk: { ...card, fio: { write_mb_s: 19.3, random_write_iops: 710 } },
    uploads: [upload],
  })
  expect(text).toMatch(/^ {2}A1 +yes +1500 reads\/s and 500 writes\/s of 4 KiB$/m)
  expect(text).toMatch(/^ {2}V30 +no /m)
  expect(text).toMatch(/sequential write +18\.0 MB\/s +fio: 19\.3$/m)
  expect(text).toMatch(/small files +not measured/)
  expect(text).toMatch(/\n- this disk sustains 18 MB\/s/)
})

test('figures of /proc/meminfo are kilobytes', () => {
  const text = 'MemTotal:         512 kB\nSwapTotal:          0 kB\n'
  expect(memoryFigure(text, 'MemTotal')).toBe(512 * 1024)
  expect(memoryFigure(text, 'MemAvailable')).toBe(0)
})
