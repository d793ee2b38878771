/** Which connections end where there are too many, or where no key is shown for too long. */
import { describe, expect, test } from 'bun:test'
import { createStrangers } from '../../src/receive/strangers.ts'

function open() {
  const clock = { nowMs: 0, monotonicMs: () => clock.nowMs }
  const strangers = createStrangers(clock)
  const ended: number[] = []
  const closings = new Map<number, () => void>()
  const connect = (remotePort: number, remoteAddress = '10.0.0.1') =>
    strangers.add({
      remoteAddress,
      remotePort,
      destroy: () => ended.push(remotePort),
      once: (_, listener) => closings.set(remotePort, listener),
    })
  return { clock, strangers, ended, connect, close: (port: number) => closings.get(port)?.() }
}

describe('a connection without a good key', () => {
  test('has 30 seconds', () => {
    const { clock, strangers, ended, connect } = open()
    connect(1)
    clock.nowMs = 30_000
    strangers.check()
    expect(ended).toEqual([])
    clock.nowMs = 30_001
    strangers.check()
    expect(ended).toEqual([1])
  })

  test('goes first where there are more than 256 of them', () => {
    const { strangers, ended, connect } = open()
    for (let port = 1; port <= 256; port++) connect(port)
    strangers.know('10.0.0.1:1', 'robot')
    connect(257)
    expect(ended).toEqual([])
    connect(258)
    expect(ended).toEqual([2])
  })

  test('that has gone by itself counts no more', () => {
    const { ended, connect, close } = open()
    for (let port = 1; port <= 256; port++) connect(port)
    close(1)
    connect(300)
    expect(ended).toEqual([])
  })
})

describe('a connection with a good key', () => {
  test('stays, also by an address of IPv6', () => {
    const { clock, strangers, ended, connect } = open()
    connect(1, '::1')
    strangers.know('[::1]:1', 'robot')
    clock.nowMs = 60_000
    strangers.check()
    expect(ended).toEqual([])
  })

  test('is a stranger all the same where its device has 64, until one of them has gone', () => {
    const { clock, strangers, ended, connect, close } = open()
    for (let port = 1; port <= 66; port++) connect(port)
    for (let port = 1; port <= 65; port++) strangers.know(`10.0.0.1:${port}`, 'robot')
    close(1)
    strangers.know('10.0.0.1:66', 'robot')
    clock.nowMs = 60_000
    strangers.check()
    expect(ended).toEqual([65])
  })

  test('first counts as logged in, then as its device', () => {
    const { clock, strangers, ended, connect } = open()
    for (let port = 1; port <= 65; port++) connect(port)
    for (let port = 1; port <= 65; port++) strangers.know(`10.0.0.1:${port}`, '')
    for (let port = 1; port <= 64; port++) strangers.know(`10.0.0.1:${port}`, 'robot')
    strangers.know('10.0.0.1:1', '')
    connect(66)
    strangers.know('10.0.0.1:66', 'robot')
    clock.nowMs = 60_000
    strangers.check()
    expect(ended).toEqual([66])
  })
})
