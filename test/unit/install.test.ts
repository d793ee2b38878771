/** The plan of an installation, and what a unit and an init script are told. */
import { describe, expect, test } from 'bun:test'
import {
  defaults,
  dropIn,
  leadsHome,
  optionIn,
  optionsOf,
  suggestUser,
  userOf,
  withoutOption,
} from '../../src/install/drop-in.ts'
import { installSteps, uninstallSteps, type Wanted } from '../../src/install/plan.ts'
import { INIT_KINDS, type InitKind, type Step } from '../../src/install/steps.ts'

const SERVICE = {
  user: 'pi',
  isGuess: false,
  program: '/usr/local/bin/ferry',
  options: '',
  writable: ['/data/logs'],
  credential: undefined,
  isReceiver: false,
  needsHomes: true,
}

const wanted = (init: InitKind, change: Partial<Wanted> = {}): Wanted => ({
  ...{ init, name: 'ferry-agent', self: '/home/pi/ferry', service: SERVICE },
  ...{ directories: ['/data/logs'], stateDir: '/var/lib/ferry', keyFile: '/etc/ferry/key' },
  ...{
    isPackaged: false,
    isShadowed: false,
    isShared: false,
    isHandedOver: false,
    isStale: false,
    hasRunlevels: true,
    hasBootOrder: false,
    notYet: '',
  },
  ...change,
})

describe('the drop-in', () => {
  test('names each directory so that systemd reads the same name', () => {
    const text = dropIn({ ...SERVICE, writable: ['/data/100 %', '/data/a "b" \\c'] })
    expect(text).toContain('\nReadWritePaths="-/data/100 %%"\n')
    expect(text).toContain('\nReadWritePaths="-/data/a \\"b\\" \\\\c"\n')
    expect(text).not.toContain('PrivateTmp')
    expect(() => dropIn({ ...SERVICE, writable: ['/data/a\nUser=root'] })).toThrow()
    expect(() => dropIn({ ...SERVICE, writable: ['/data/\uFFFD'] })).toThrow()
  })

  test('gives root only what it needs for files of others, and others nothing', () => {
    expect(dropIn({ ...SERVICE, user: 'root' })).toContain(
      'CapabilityBoundingSet=\nCapabilityBoundingSet=CAP_LEASE CAP_DAC_OVERRIDE CAP_FOWNER\n',
    )
    expect(dropIn(SERVICE)).not.toContain('Capabilit')
    expect(dropIn({ ...SERVICE, user: 'root', isReceiver: true })).not.toContain('Capabilit')
  })

  test('root does not see the homes, unless something leads there', () => {
    const root = { ...SERVICE, user: 'root' }
    expect(dropIn(root)).not.toContain('ProtectHome')
    expect(dropIn({ ...root, needsHomes: false })).toContain('\nProtectHome=yes\n')
    expect(dropIn({ ...SERVICE, needsHomes: false })).not.toContain('ProtectHome')
    const text = (path: string) => `{ "additional_sync_paths": ["${path}"] }`
    for (const path of ['/home/pi/logs', '/root', '~/logs', '/run/user/1000/x', '/home']) {
      expect(leadsHome(text(path), [])).toBe(true)
      expect(leadsHome('', [path])).toBe(true)
    }
    expect(leadsHome('{ "selective_sync": { "command": ["x"] } }', [])).toBe(true)
    for (const path of ['/data/home/logs', '/homes', '/rootfs/x', '/data/root']) {
      expect(leadsHome(text(path), [path])).toBe(false)
    }
  })

  test('a root in /tmp is not hidden, and a key is handed over', () => {
    const text = dropIn({ ...SERVICE, writable: ['/tmp/x'], credential: '/etc/ferry/key' })
    expect(text).toContain('\nPrivateTmp=no\n')
    expect(text).toContain('\nLoadCredential=key:/etc/ferry/key\n')
  })

  test('the user that was written down is found again in both forms', () => {
    expect(userOf(dropIn({ ...SERVICE, user: 'robot.1' }))).toBe('robot.1')
    expect(userOf(defaults(SERVICE))).toBe('pi')
    expect(userOf('')).toBeUndefined()
  })

  test('so are the options, whatever somebody added to them', () => {
    const options = '--store /data/100% --listen [::]:9443 --merge-every=6h'
    const text = [dropIn, defaults].map((write) => write({ ...SERVICE, options }))
    expect(text.map(optionsOf)).toEqual([options, options])
    expect(optionsOf(defaults(SERVICE))).toBe('')
    expect(optionsOf('FERRY_USER=x\nFERRY_OPTIONS="--store /a" \n')).toBe('--store /a')
    expect(optionsOf('# FERRY_OPTIONS=x')).toBe('')
    for (const odd of ['FERRY_OPTIONS="--store $X"', 'FERRY_PROGRAM=x FERRY_OPTIONS=y']) {
      expect(optionsOf(odd)).toBeUndefined()
    }
    expect([optionIn(options, 'store'), optionIn(options, 'merge-every')]).toEqual([
      '/data/100%',
      '6h',
    ])
    expect(optionIn('--store /a --store /b', 'store')).toBe('/b')
    expect(optionIn('--store-x /a', 'store')).toBeUndefined()
    expect(withoutOption(withoutOption(options, 'store'), 'listen')).toBe('--merge-every=6h')
  })
})

test('it runs as the one who owns all directories, as root for several, as ferry for none', () => {
  expect(suggestUser([], 'systemd')).toBe('ferry')
  expect(suggestUser(['pi', 'pi'], 'systemd')).toBe('pi')
  expect(suggestUser(['pi', 'ros'], 'sysv')).toBe('root')
  expect(suggestUser(['pi'], 'procd')).toBe('root')
})

describe('the plan', () => {
  test.each([...INIT_KINDS])('for %s starts last, when all it needs is there', (init) => {
    const steps = installSteps(wanted(init))
    expect(steps.at(-1)).toMatchObject({ do: 'service', init, name: 'ferry-agent' })
    expect(steps.filter((step) => step.do === 'link').length).toBeGreaterThan(0)
    expect(steps.findIndex((step) => step.do === 'executable')).toBeLessThan(
      steps.findIndex((step) => step.do === 'file'),
    )
  })

  test('what is not configured is neither enabled nor started', () => {
    const steps = installSteps(wanted('systemd', { notYet: 'edit it' }))
    expect(steps.some((step) => step.do === 'link' || step.do === 'service')).toBe(false)
    expect(steps.at(-1)).toEqual({ do: 'say', text: 'not enabled, not started: edit it' })
  })

  test("a package's unit and executable are left alone", () => {
    const service = { ...SERVICE, program: '/usr/bin/ferry' }
    const steps = installSteps(wanted('systemd', { isPackaged: true, service }))
    const files = steps.flatMap((step) => (step.do === 'file' ? [step.path] : []))
    expect(files).toEqual(['/etc/systemd/system/ferry-agent.service.d/10-ferry.conf'])
    expect(steps.some((step) => step.do === 'executable')).toBe(false)
  })

  test("a unit of an earlier run gives way to a package's, with its executable", () => {
    const service = { ...SERVICE, program: '/usr/bin/ferry' }
    const change = { isPackaged: true, isShadowed: true, service }
    const gone = (steps: readonly Step[]) =>
      steps.flatMap((step) => (step.do === 'remove' ? [step.path] : []))
    const unit = '/etc/systemd/system/ferry-agent.service'
    expect(gone(installSteps(wanted('systemd', change)))).toEqual([unit, '/usr/local/bin/ferry'])
    // The receiver's unit starts it still.
    const shared = installSteps(wanted('systemd', { ...change, isShared: true }))
    expect(gone(shared)).toEqual([unit])
    const off = uninstallSteps({ ...wanted('systemd', change), purge: false })
    expect(gone(off)).toEqual(expect.arrayContaining([unit, '/usr/local/bin/ferry']))
  })

  test('a key is for root alone where it is handed over, else for the user', () => {
    const ownerOf = (change: Partial<Wanted>) =>
      installSteps(wanted('systemd', change)).flatMap((step) =>
        step.do === 'access' && step.path === '/etc/ferry/key' ? [step.owner] : [],
      )
    expect(ownerOf({})).toEqual(['pi'])
    expect(ownerOf({ service: { ...SERVICE, credential: '/etc/ferry/key' } })).toEqual(['root'])
  })

  test.each([...INIT_KINDS])('uninstalling for %s removes each file and link of it', (init) => {
    const shared = { init, name: 'ferry-agent', hasRunlevels: true, hasBootOrder: false } as const
    const rest = { isPackaged: false, isShadowed: false, isShared: false, purge: false }
    const gone = uninstallSteps({ ...shared, ...rest }).flatMap((step) =>
      step.do === 'remove' ? [step.path] : [],
    )
    for (const step of installSteps(wanted(init))) {
      if (['file', 'link', 'executable'].includes(step.do) && 'path' in step) {
        expect(gone).toContain(step.path)
      }
    }
    expect(gone.some((path) => path.startsWith('/var/lib') || path === '/etc/ferry')).toBe(false)
    const purged = uninstallSteps({ ...shared, ...rest, purge: true })
    expect(purged).toContainEqual({ do: 'remove', path: '/var/lib/ferry', isAll: true })
  })
})
