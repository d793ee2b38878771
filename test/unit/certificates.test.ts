/** Names that are added to a receiver's certificate later. */
import { expect, test } from 'bun:test'
import { X509Certificate } from 'node:crypto'
import { makeCertificates, namesLacking, withNames } from '../../src/receive/certificates.ts'

test('names are added by the same authority, for the same key', async () => {
  const made = await makeCertificates(['a.lan', '::1', '10.0.0.1'])
  const chain = await withNames(made, ['b.lan', '2001:db8::1'])
  const [before, after] = [new X509Certificate(made.serverChain), new X509Certificate(chain)]
  const ca = new X509Certificate(made.caCertificate)
  expect(after.verify(ca.publicKey)).toBe(true)
  expect(after.publicKey.export({ type: 'spki', format: 'pem' })).toEqual(
    before.publicKey.export({ type: 'spki', format: 'pem' }),
  )
  expect(after.serialNumber).not.toBe(before.serialNumber)
  expect(chain.trimEnd()).toEndWith(made.caCertificate.trim())
  const all = ['A.lan', 'b.lan', '0:0:0:0:0:0:0:1', '10.0.0.1', '2001:DB8:0::1']
  expect(await namesLacking(chain, all)).toEqual([])
  expect(await namesLacking(made.serverChain, all)).toEqual(['b.lan', '2001:db8::1'])
})

test('a name that a wildcard stands for is not lacking', async () => {
  const { serverChain } = await makeCertificates(['*.example.org'])
  const names = ['files.example.org', 'example.org', 'a.files.example.org']
  expect(await namesLacking(serverChain, names)).toEqual(names.slice(1))
})

test.each([
  ['caKey', 'ca.key is not the key of ca.pem'],
  ['serverChain', "not of the store's own authority"],
] as const)('with %s of another store nothing is signed', async (part, why) => {
  const [made, other] = [await makeCertificates(['a.lan']), await makeCertificates(['a.lan'])]
  const mixed = withNames({ ...made, [part]: other[part] }, ['b.lan'])
  expect((await mixed.catch(String)).toString()).toContain(why)
})
