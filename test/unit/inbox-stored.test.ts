/** What the receiver stores, and where. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { readTree } from '../fakes/ferry.ts'
import { digestOf, idOf, openInboxAt, request, send } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const text = (content: string) => Buffer.from(content)
const stored = (folder: string, device = 'd') =>
  [...readTree(`${folder}/${device}/files`).keys()].sort()

describe('what is stored', () => {
  test('a file stands under its encoded path with its bytes, times and a receipt', async () => {
    const folder = temporaryFolder('store')
    const receipt = await send(openInboxAt(folder), 'd', request(1, '/a b/100%', 5), text('hello'))
    const path = `${folder}/d/files/a b/100%25`
    expect(fs.readFileSync(path, 'utf8')).toBe('hello')
    expect(fs.statSync(path).mtimeMs).toBe(1_600_000_000_000)
    expect(receipt?.location).toBe('d/files/a b/100%25')
    const document = JSON.parse(fs.readFileSync(`${folder}/d/meta/receipts/${idOf(1)}`, 'utf8'))
    expect(document).toMatchObject({ path: '/a b/100%', size: 5 })
    expect(document.sha256).toBe(new Bun.CryptoHasher('sha256').update('hello').digest('hex'))
    expect(fs.readdirSync(`${folder}/d/meta/parts`)).toEqual([])
  })

  test('the same upload again answers with the receipt and adds nothing', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    const first = await send(inbox, 'd', request(1, '/a', 3), text('abc'))
    const again = await inbox.open('d', request(1, '/a', 3))
    expect(again.hold).toBeUndefined()
    expect(again.opened.receipt?.sha256).toBe(first?.sha256 ?? '')
    const later = await openInboxAt(folder).open('d', request(1, '/a', 3))
    expect(later.opened.receipt?.location).toBe('d/files/a')
    expect(stored(folder)).toEqual(['a'])
  })

  test('the same bytes of a path under another id add no object, and get a receipt', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    await send(inbox, 'd', request(1, '/a', 3), text('abc'))
    const receipt = await send(inbox, 'd', request(2, '/a', 3), text('abc'))
    expect(receipt?.location).toBe('d/files/a')
    expect(stored(folder)).toEqual(['a'])
  })

  test('another version gets the reserved suffix; each of both comes once, in any order', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    await send(inbox, 'd', request(1, '/a', 3), text('abc'))
    const second = await send(inbox, 'd', request(2, '/a', 3), text('xyz'))
    expect(second?.location).toMatch(/^d\/files\/a%~[0-9a-f]{32}$/)
    await send(inbox, 'd', request(3, '/a', 3), text('xyz'))
    await send(inbox, 'd', request(4, '/a', 3), text('abc'))
    expect(stored(folder)).toHaveLength(2)
    fs.rmSync(`${folder}/d/files/a`)
    await send(inbox, 'd', request(5, '/a', 3), text('xyz'))
    expect(stored(folder)).toHaveLength(1)
  })

  test('a file and a directory of one name both have their place', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    await send(inbox, 'd', request(1, '/x', 1), text('1'))
    await send(inbox, 'd', request(2, '/x/y', 1), text('2'))
    await send(inbox, 'd', request(3, '/z/y', 1), text('3'))
    await send(inbox, 'd', request(4, '/z', 1), text('4'))
    const names = stored(folder)
    expect(names).toContain('x')
    expect(names).toContain('x%~d/y')
    expect(names).toContain('z/y')
    expect(names.filter((name) => name.startsWith('z%~'))).toHaveLength(1)
  })

  test('two devices with the same path and the same id do not meet', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    await send(inbox, 'one', request(1, '/a', 3), text('abc'))
    const other = await inbox.open('two', request(1, '/a', 3))
    expect(other.opened.receipt).toBeUndefined()
    expect(other.hold).toBeDefined()
  })

  test('receipts outlive the object: the operator may move files away', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    await send(inbox, 'd', request(1, '/a', 3), text('abc'))
    fs.rmSync(`${folder}/d/files`, { recursive: true })
    const again = await inbox.open('d', request(1, '/a', 3))
    expect(again.opened.receipt?.sizeBytes).toBe(3)
    expect(stored(folder)).toEqual([])
  })

  test('a receipt that was cut short counts for nothing, and the object still comes once', async () => {
    const folder = temporaryFolder('store')
    await send(openInboxAt(folder), 'd', request(1, '/a', 3), text('abc'))
    fs.truncateSync(`${folder}/d/meta/receipts/${idOf(1)}`, 20)
    const receipt = await send(openInboxAt(folder), 'd', request(1, '/a', 3), text('abc'))
    expect(receipt?.location).toBe('d/files/a')
    expect(stored(folder)).toEqual(['a'])
  })

  test('an empty file is a file', async () => {
    const folder = temporaryFolder('store')
    const inbox = openInboxAt(folder)
    const { hold } = await inbox.open('d', request(1, '/empty', 0))
    if (!hold) throw new Error('finished')
    await inbox.finish(hold, { sizeBytes: 0, digest: digestOf(text('')) })
    expect(stored(folder)).toEqual(['empty'])
  })
})
