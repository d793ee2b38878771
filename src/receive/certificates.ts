/** A private CA and the receiver's certificate, valid from 1970 for boards without a clock. */
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

/** `names` are the DNS names and addresses under which boards reach the receiver. */
export async function makeCertificates(names: readonly string[]): Promise<MadeCertificates> {
  await import('reflect-metadata')
  const x509 = await import('@peculiar/x509')
  const { isIP } = await import('node:net')
  const [ca, server] = [await newKeys(), await newKeys()]
  const validity = { notBefore: FROM, notAfter: UNTIL, signingAlgorithm: ALGORITHM }
  const caCertificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...validity,
    serialNumber: serial(),
    name: `CN=Ferry private CA ${serial().slice(0, 8)}`,
    keys: ca,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
      await x509.SubjectKeyIdentifierExtension.create(ca.publicKey),
    ],
  })
  const alternatives = names.map((value) => ({ type: isIP(value) ? 'ip' : 'dns', value }) as const)
  const serverCertificate = await x509.X509CertificateGenerator.create({
    ...validity,
    serialNumber: serial(),
    subject: 'CN=Ferry receiver',
    issuer: caCertificate.subject,
    publicKey: server.publicKey,
    signingKey: ca.privateKey,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension([...alternatives]),
      await x509.AuthorityKeyIdentifierExtension.create(ca.publicKey),
    ],
  })
  const caPem = `${caCertificate.toString('pem')}\n`
  return {
    caCertificate: caPem,
    caKey: await pem(ca.privateKey),
    serverChain: `${serverCertificate.toString('pem')}\n${caPem}`,
    serverKey: await pem(server.privateKey),
  }
}

/** SHA-256 of the first certificate in it, as the join line carries it: lower-case hexadecimal. */
export function fingerprint(certificatePem: string): string {
  const body = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(certificatePem)?.[1]
  if (body === undefined) throw new Error('this is no certificate')
  return sha256Hex(Buffer.from(body, 'base64'))
}
