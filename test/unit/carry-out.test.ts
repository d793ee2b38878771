/** What is asked of a service manager when a service is to be no more. */
import { expect, test } from 'bun:test'
import { carryOut } from '../../src/install/carry-out.ts'
import type { Host } from '../../src/system/host.ts'

function cease(isRunning: boolean, isDry: boolean) {
  const asked: string[] = []
  const host = {
    isLive: true,
    succeeds(argv: readonly string[]) {
      asked.push(argv.join(' '))
      return isRunning
    },
    run: (argv: readonly string[]) => void asked.push(argv.join(' ')),
  } as Partial<Host> as Host
  carryOut([{ do: 'no service', init: 'systemd', name: 'ferry-agent' }], {
    ...{ host, isDry },
    print: () => {},
  })
  return asked
}

const ASK = 'systemctl is-active --quiet ferry-agent.service'
const STOP = 'systemctl stop ferry-agent.service'

test.each([
  [true, false, [ASK, STOP]],
  [true, true, [ASK]],
  // It crashed, and its manager is about to start it anew.
  [false, false, [ASK, STOP]],
  [false, true, [ASK]],
])('running %p, dry %p', (isRunning, isDry, asked) => {
  expect(cease(isRunning, isDry)).toEqual(asked)
})

test.each([
  [true, 'systemctl restart ferry-receiver.service'],
  [false, undefined],
])('a service that has not read what changed (%p) is started anew', (isStale, last) => {
  const asked: string[] = []
  const host = {
    isLive: true,
    runsOlder: () => false,
    succeeds: () => true,
    run: (argv: readonly string[]) => void asked.push(argv.join(' ')),
  } as Partial<Host> as Host
  const service = { do: 'service', init: 'systemd', name: 'ferry-receiver' } as const
  carryOut([{ ...service, program: '/usr/local/bin/ferry', isStale }], {
    ...{ host, isDry: false },
    print: () => {},
  })
  expect(asked.at(-1)).toBe(last)
})
