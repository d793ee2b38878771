/** What sets up a store and a board is on the disk before it is done: power may go right after. */
import { expect, test } from 'bun:test'
import { ferry, startReceiver } from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const hasStrace = Bun.which('strace') !== null
if (!hasStrace) console.log('SKIPPED what is durable after setting up: missing strace')

/** Names that were synced before they got their place; with the folder that was synced after. */
async function syncedBy(args: readonly string[], folder: string): Promise<string[]> {
  const prefix = ['strace', '-f', '-y', '-e', 'trace=fsync,rename,renameat,renameat2']
  const { err, code } = await ferry(args, { prefix })
  expect(code).toBe(0)
  const inside = (call: RegExp) => [...err.matchAll(call)].map((match) => match[1] ?? '')
  const renamed = inside(new RegExp(`rename\\w*\\(.*"${folder}/([\\w.]+)"`, 'g'))
  const synced = inside(new RegExp(`fsync\\(\\d+<${folder}/?([\\w.]*)>`, 'g'))
  // The folder's own name is empty here; it is synced when all names have their places.
  expect(synced.at(-1)).toBe('')
  expect(err.lastIndexOf(`fsync(`)).toBeGreaterThan(err.lastIndexOf(`rename`))
  return renamed.filter((name) => synced.includes(`${name}.new`)).sort()
}

test.skipIf(!hasStrace)('the files of a new store and of a new board are synced', async () => {
  const folder = temporaryFolder('setup')
  const store = `${folder}/store`
  const init = ['receive', '--init', store, '--host', '127.0.0.1']
  expect(await syncedBy(init, `${store}/.ferry`)).toEqual(
    ['address', 'ca.key', 'ca.pem', 'keys', 'server.key', 'server.pem'].sort(),
  )
  const more = ['receive', '--init', store, '--host', 'b.lan']
  expect(await syncedBy(more, `${store}/.ferry`)).toEqual(['address', 'server.pem'])
  const { port } = await startReceiver(store)
  const keys = ['--keys', `${store}/.ferry/keys`, '--address', `127.0.0.1:${port}`]
  const { out } = await ferry(['keys', 'add', 'robot', ...keys])
  const line = /^ *join: *(\S+)/m.exec(out)?.[1] ?? ''
  const board = `${folder}/board`
  expect(await syncedBy(['init', '--join', line, '--dir', board], board)).toEqual(
    ['ca.pem', 'ferry.json', 'key'].sort(),
  )
})

test.skipIf(!hasStrace)('a key that was added or revoked is synced with its folder', async () => {
  const folder = temporaryFolder('keys')
  const store = `${folder}/store`
  await ferry(['receive', '--init', store, '--host', '127.0.0.1'])
  const change = (...args: string[]) =>
    syncedBy(['keys', ...args, '--keys', `${store}/.ferry/keys`], `${store}/.ferry`)
  expect(await change('add', 'robot', '--address', '127.0.0.1:1')).toEqual(['keys'])
  expect(await change('revoke', 'robot')).toEqual(['keys'])
})
