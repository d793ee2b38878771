/** A private CA and the receiver's certificate, valid from 1970 for boards without a clock. */
import type { X509Certificate } from '@peculiar/x509'
import { sha256Hex } from '../system/digest.ts'

export interface MadeCertificates {
  readonly caCertificate: string
  readonly caKey: string
  /** The receiver's certificate followed by the CA's, so that a board can take the CA from it. */
  readonly serverChain: string
  readonly serverKey: string
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const FROM = new Date(0)
/** The last year that every TLS library reads in its short form. */
const UNTIL = new Date('2049-12-31T00:00:00Z')

async function pem(key: CryptoKey): Promise<string> {
  const bytes = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  const lines = bytes.replace(/(.{64})(?=.)/g, '$1\n')
  return `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`
}

const newKeys = () =>
  crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']) as Promise<CryptoKeyPair>

const serial = () => Buffer.from(crypto.getRandomValues(new Uint8Array(15))).toString('hex')

const VALIDITY = { notBefore: FROM, notAfter: UNTIL, signingAlgorithm: ALGORITHM }

async function library() {
  await import('reflect-metadata')
  return await import('@peculiar/x509')
}

interface Authority {
  readonly subject: string
  readonly keys: CryptoKeyPair
}

/** The receiver's certificate, signed; `names` are the DNS names and addresses that boards use. */
async function sign(names: readonly string[], publicKey: CryptoKey, ca: Authority) {
  const x509 = await library()
  const { isIP } = await import('node:net')
  const alternatives = names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const)
  return await x509.X509CertificateGenerator.create({
    ...VALIDITY,
    serialNumber: serial(),
    subject: 'CN=Ferry receiver',
    issuer: ca.subject,
    publicKey,
    signingKey: ca.keys.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...alternatives]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.keys.publicKey),
    ],
  })
}

/** `names` are the DNS names and addresses under which boards reach the receiver. */
export async function makeCertificates(names: readonly string[]): Promise<MadeCertificates> {
  const x509 = await library()
  const [ca, server] = [await newKeys(), await newKeys()]
  const caCertificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...VALIDITY,
    serialNumber: serial(),
    name: `CN=Ferry private CA ${serial().slice(0, 8)}`,
    keys: ca,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(ca.publicKey),
    ],
  })
  const authority = { subject: caCertificate.subject, keys: ca }
  const serverCertificate = await sign(names, server.publicKey, authority)
  const caPem = `${caCertificate.toString('pem')}\n`
  return {
    caCertificate: caPem,
    caKey: await pem(ca.privateKey),
    serverChain: `${serverCertificate.toString('pem')}\n${caPem}`,
    serverKey: await pem(server.privateKey),
  }
}

/** A private key of the kind that is made here, with its public half. Fails on any other text. */
async function readKeys(text: string): Promise<CryptoKeyPair> {
  const body = Buffer.from(text.replace(/-----[^-]+-----/g, ''), 'base64')
  const privateKey = await crypto.subtle.importKey('pkcs8', body, ALGORITHM, true, ['sign'])
  const { kty = '', crv = '', x = '', y = '' } = await crypto.subtle.exportKey('jwk', privateKey)
  const half = { kty, crv, x, y }
  const publicKey = await crypto.subtle.importKey('jwk', half, ALGORITHM, true, ['verify'])
  return { privateKey, publicKey }
}

/** One spelling of each address and name. */
const plainName = (name: string) =>
  name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name.toLowerCase()

async function readLeaf(chain: string): Promise<{ leaf: X509Certificate; names: string[] }> {
  const x509 = await library()
  const [text = ''] = /-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/.exec(chain) ?? []
  const leaf = new x509.X509Certificate(text)
  const listed = leaf.getExtension(x509.SubjectAlternativeNameExtension)?.names.items ?? []
  return { leaf, names: listed.map(({ value }) => plainName(value)) }
}

/** Of these names, those that the first certificate of the chain does not stand for. */
export async function namesLacking(chain: string, names: readonly string[]): Promise<string[]> {
  const { names: known } = await readLeaf(chain)
  const isKnown = (name: string) =>
    known.includes(name) || known.includes(name.replace(/^[^.]+/, '*'))
  return [...new Set(names.map(plainName))].filter((name) => !isKnown(name))
}

const signedBy = async (certificate: X509Certificate, { publicKey }: CryptoKeyPair) =>
  await certificate.verify({ publicKey, signatureOnly: true }).catch(() => false)

/**
 * The receiver's chain with these names added, signed by the same authority for the same key. Fails
 * in words where that cannot be.
 */
export async function withNames(made: MadeCertificates, names: readonly string[]): Promise<string> {
  const x509 = await library()
  const [ca, server] = [await readKeys(made.caKey), await readKeys(made.serverKey)]
  const authority = new x509.X509Certificate(made.caCertificate)
  if (!(await signedBy(authority, ca))) throw new Error('ca.key is not the key of ca.pem')
  const { leaf, names: known } = await readLeaf(made.serverChain)
  if (!(await signedBy(leaf, ca))) {
    throw new Error("it is not of the store's own authority")
  }
  const subject = authority.subject
  const added = await sign([...known, ...names], server.publicKey, { subject, keys: ca })
  return `${added.toString('pem')}\n${authority.toString('pem')}\n`
}

/** SHA-256 of the first certificate in it, as the join line carries it: lower-case hexadecimal. */
export function fingerprint(certificatePem: string): string {
  const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(certificatePem)?.[1]
  if (body === undefined) throw new Error('this is no certificate')
  return sha256Hex(Buffer.from(body, 'base64'))
}
