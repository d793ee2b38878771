/** What the scripts of procd and OpenRC say under real shells, and the units' exposure. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'

const INIT = resolve('packaging/init')
const busybox = Bun.which('busybox')

const PROCD = `
procd_open_instance() { echo open; }
procd_set_param() { echo "set $*"; }
procd_close_instance() { echo close; }
procd_send_signal() { echo "signal $*"; }
`

describe.each([
  ['ferry-agent', 'run --config /etc/ferry/ferry.json'],
  ['ferry-receiver', 'receive --store /srv/ferry --listen 0.0.0.0:7443'],
])('the scripts of %s', (name, words) => {
  const shells = [['/bin/sh'], ...(busybox ? [['busybox', 'ash']] : [])]
  test.each(shells)('procd is told what to run (%s %s)', (...shell) => {
    const script = `${PROCD}. ${INIT}/${name}.procd; start_service`
    const argv = shell.filter((word) => typeof word === 'string')
    const env = { FERRY_DEFAULTS: '/nowhere', FERRY_STATE: '/', PATH: process.env['PATH'] ?? '' }
    const out = Bun.spawnSync([...argv, '-c', script], { env }).stdout.toString()
    expect(out).toContain(`set command /usr/bin/ferry ${words}\n`)
    expect(out).toContain('set respawn 3600 5 0\n')
    expect(out.includes('set user ferry')).toBe(name === 'ferry-receiver')
    expect(out.trimEnd().endsWith('close')).toBe(true)
  })

  test.each(shells)('OpenRC finds its settings (%s %s)', (...shell) => {
    const argv = shell.filter((word) => typeof word === 'string')
    const script = `RC_SVCNAME=${name}; FERRY_USER=nobody; . ${INIT}/${name}.openrc; set`
    const out = Bun.spawnSync([...argv, '-c', script]).stdout.toString()
    expect(out).toMatch(new RegExp(`^command_args='.*${words}'$`, 'ms'))
    expect(out).toContain("supervisor='supervise-daemon'")
    const hasLease = /capabilities='\^cap_lease'|--ambient-caps \+lease/.test(out)
    expect(hasLease).toBe(name === 'ferry-agent')
  })

  const analyze = Bun.which('systemd-analyze')
  if (analyze === null) console.log('SKIPPED units: systemd-analyze is missing')
  test.skipIf(analyze === null)('the unit is exposed at 2.0 at most, and is well formed', () => {
    const unit = `${INIT}/${name}.service`
    const security = ['systemd-analyze', 'security', '--offline=true']
    const text = Bun.spawnSync([...security, unit]).stdout.toString()
    expect(Number(/exposure level for .*: ([\d.]+)/.exec(text)?.[1])).toBeLessThanOrEqual(2)
    expect(fs.readFileSync(unit, 'utf8')).not.toMatch(/^MemoryDenyWriteExecute/m)
  })
})
