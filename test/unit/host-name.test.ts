/** What is taken for a name of a receiver, and for an address to listen on. */
import { expect, test } from 'bun:test'
import { isHostName, readAddress } from '../../src/cli/host-name.ts'

test.each([
  ...['files.example.com', 'box', 'a_b.lan', 'xn--bcher-kva.de', '10.0.0.1', '::1', '1a.2b'],
  ...['2001:db8::1', 'a'.repeat(63)],
])('%p is a name or an address', async (text) => {
  expect(await isHostName(text)).toBe(true)
})

test.each([
  ...['', 'bad host', 'h:7443', '[::1]', '-a', 'a-', 'a..b', 'a.', '300.1.1.1', '7', '*.lan'],
  ...['fe80::1%eth0', 'bücher.de', 'a'.repeat(64), `${'a.'.repeat(127)}ab`, 'a/b', 'a\nb'],
])('%p is none', async (text) => {
  expect(await isHostName(text)).toBe(false)
})

test('a port is at most 65535', () => {
  expect(readAddress('[::]:65535')).toEqual({ host: '::', port: 65_535 })
  expect(readAddress('127.0.0.1:0')).toEqual({ host: '127.0.0.1', port: 0 })
  for (const text of ['h:65536', 'h:', ':1', 'h', 'a b:1', 'h:-1']) {
    expect(readAddress(text)).toBeUndefined()
  }
})
