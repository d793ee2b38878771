/** What `ferry check` makes of what it found. */
import { describe, expect, test } from 'bun:test'
import { exitCodeOf, type Finding, renderFindings } from '../../src/cli/check-finding.ts'
import { welcomeFindings } from '../../src/cli/check-receiver.ts'
import {
  clockFindings,
  diskFindings,
  journalFindings,
  machineFindings,
  rootFindings,
} from '../../src/cli/check-rules.ts'

/** As `state check`, then the words. */
const shown = (found: readonly Finding[]) =>
  found.map(({ state, check, says, hint }) => `${state} ${check}: ${says} | ${hint}`).join('\n')

const root = {
  path: '/data',
  user: 'this user',
  afterUpload: 'delete',
  read: '',
  write: '',
  isSticky: false,
  closedBelow: '',
  lease: 'granted',
  mayLease: true,
  deleteWhenUnsure: false,
} as const

describe('a root', () => {
  test('that can be used is ok', () => {
    expect(shown(rootFindings(root))).toBe('ok root: /data can be read and deleted from | ')
  })

  test.each([
    [{ read: 'ENOENT' }, /^fail root: \/data does not exist \| create it/],
    [{ write: 'EROFS' }, /^fail root: .*read-only \| mount it for writing/],
    [{ write: 'EACCES' }, /^fail root: .*by this user/],
    [{ write: 'EROFS', afterUpload: 'keep' }, /^ok root: \/data can be read \|/],
    [{ read: 'EIO' }, /^fail root: \/data cannot be used \(EIO\)/],
    [{ isSticky: true }, /^warn root: .*sticky/],
    [{ isSticky: true, afterUpload: 'keep' }, /^ok/],
    [{ closedBelow: '/data/x' }, /^fail root: \/data\/x below \/data/],
    [{ lease: 'unsupported' }, /^warn leases: .*cannot tell.*setcap/],
    [{ lease: 'refused' }, /^ok/],
    [{ lease: 'unsupported', deleteWhenUnsure: true }, /^ok/],
    [{ lease: 'unsupported', afterUpload: 'keep' }, /^ok/],
    [{ lease: 'none', mayLease: false }, /^warn leases: .*CAP_LEASE/],
    [{ lease: 'none' }, /^ok/],
  ] as const)('with %p is told as %p', (change, says) => {
    expect(shown(rootFindings({ ...root, ...change }))).toMatch(says)
  })
})

const day = (text: string) => Date.parse(text)
const certificate = { fromMs: day('2026-03-01'), untilMs: day('2027-03-01') }

test.each([
  ['2026-11-24', true, certificate, /^ok clock: 2026-11-24, synchronised/],
  ['2026-11-24', false, certificate, /^warn clock: nothing keeps the clock right/],
  ['2026-11-24', undefined, undefined, /^ok clock: 2026-11-24 \|/],
  ['1970-01-01', true, undefined, /^warn clock: it is 1970-01-01 here: the clock was never set/],
  [
    '1970-01-01',
    false,
    certificate,
    /^fail clock: .*before the certificate's first day, 2026-03-01/,
  ],
  ['2027-03-02', true, certificate, /^fail clock: .*ended on 2027-03-01 \| renew/],
  ['2027-02-20', true, certificate, /^warn clock: the receiver's certificate ends in 9 d/],
] as const)(
  'on %s, synchronised: %p, with %p the clock is told as %p',
  (at, isSynchronised, seen, says) => {
    const facts = { wallMs: day(at), isSynchronised, certificate: seen }
    expect(shown(clockFindings(facts))).toMatch(says)
  },
)

const disk = {
  what: 'state',
  path: '/var/lib/ferry',
  totalBytes: 32e9,
  availableBytes: 8e9,
  totalInodes: 1000,
  freeInodes: 500,
  type: 61267,
  mustLast: true,
}

test.each([
  [{}, /^ok state: \/var\/lib\/ferry \(ext4\)/],
  [{ type: 0x01021994 }, /^warn state: .*in memory \(tmpfs\)/],
  [{ type: 0x01021994, mustLast: false }, /^ok/],
  [{ type: 0x794c7630 }, /^warn state: .*overlay/],
  [{ availableBytes: 1e9 }, /^warn state: .*only 954 MiB of 29\.8 GiB free/],
  [{ totalBytes: 100e6, availableBytes: 60e6 }, /^warn state: .*only/],
  [{ freeInodes: 49 }, /^warn state: .*only 49 of 1000 inodes/],
  [{ totalInodes: 0, freeInodes: 0 }, /^ok/],
])('a disk with %p is told as %p', (change, says) => {
  expect(shown(diskFindings({ ...disk, ...change }))).toMatch(says)
})

test.each([
  [undefined, '', false, /^ok journal: none yet/],
  [1 << 20, 'ok', false, /^ok journal: .*1 MiB, sound/],
  [
    1 << 20,
    'database disk image is malformed',
    true,
    /^fail journal: .*malformed \| the agent moves/,
  ],
  [
    1 << 20,
    'disk I/O error',
    false,
    /^fail journal: .*looked into: disk I\/O error \| is its disk full/,
  ],
  [0, 'EACCES: permission denied', false, /^fail journal: \/j is closed to this user \| use sudo/],
  [2 ** 30, 'ok', false, /^warn journal: .*1 GiB/],
])(
  'a journal of %p bytes that is %p, corrupt: %p, is told as %p',
  (size, verdict, isCorrupt, says) => {
    const facts = { path: '/j', sizeBytes: size, verdict, isCorrupt }
    expect(shown(journalFindings(facts))).toMatch(says)
  },
)

test('a full disk of the state gets free by nobody but the operator', () => {
  const full = { ...disk, availableBytes: 0 }
  expect(shown(diskFindings(full))).toMatch(/\| free some: with none left/)
  expect(shown(diskFindings({ ...full, mustLast: false }))).toMatch(/\| what was sent is deleted/)
})

test.each([
  ['6.6.31-v8+', false, /^ok kernel: Linux 6\.6\.31/],
  ['5.10.104-tegra', false, /^ok kernel/],
  ['4.9.253-tegra', false, /^warn kernel/],
  ['5.5.0', false, /^warn kernel/],
  ['3.9.1', false, /^fail kernel/],
  ['6.1.0', true, /^ok kernel.*\nwarn userland: .*32-bit/],
])('Linux %s with a 32-bit shell: %p is told as %p', (kernel, isShell32Bit, says) => {
  expect(shown(machineFindings({ kernel, is64Bit: true, isShell32Bit }))).toMatch(says)
})

const welcome = {
  device: 'robot-7',
  software: 'ferry/1',
  maxChannels: 1,
  maxDataBytes: 1,
  windowBytes: 1,
  smallFileBytes: 1,
  warning: '',
}

test.each([
  [{}, /^ok receiver: ferry\/1 takes this board's files as robot-7 \| $/],
  [{ roomBytes: 5 * 2 ** 30 }, /^ok receiver: .*, 5 GiB of room \| $/],
  [{ roomBytes: 2 ** 29 }, /warn room: the receiver has only 512 MiB/],
  [{ roomBytes: 0 }, /fail room: the receiver has no room/],
  [{ device: 'other' }, /ok key: files stand under other there/],
  [{ warning: 'another board' }, /warn key: another board/],
])('a welcome with %p is told as %p', (change, says) => {
  expect(shown(welcomeFindings({ ...welcome, ...change }, 'robot-7'))).toMatch(says)
})

test('the command ends by the worst finding, the configuration first', () => {
  const one = (state: Finding['state'], check: string): Finding => ({
    ...{ state, check, says: 'x', hint: '' },
  })
  expect(exitCodeOf([one('ok', 'a'), one('warn', 'config')])).toBe(0)
  expect(exitCodeOf([one('fail', 'root'), one('warn', 'config')])).toBe(1)
  expect(exitCodeOf([one('fail', 'root'), one('fail', 'config')])).toBe(78)
  expect(renderFindings([{ ...one('warn', 'clock'), hint: 'set it' }])).toBe(
    'warn  clock  x\n             hint: set it\n',
  )
})
