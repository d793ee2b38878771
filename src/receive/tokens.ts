/** Access tokens: signed with what the keys file has of a key, so that they end with it. */
import { createHmac, timingSafeEqual } from 'node:crypto'

const PREFIX = 'token.'
const PURPOSE = 'ferry access token 1'
const LIFETIME_MS = 30 * 86_400_000

/** What is signed with; both come from the keys file. */
interface Signer {
  readonly id: string
  /** Hash of the secret. */
  readonly sha256: string
}

function sign({ id, sha256 }: Signer, expiry: string): string {
  const key = createHmac('sha256', sha256).update(PURPOSE).digest()
  return createHmac('sha256', key).update(`${id}.${expiry}`).digest('base64url')
}

/** Good for 30 days by the receiver's clock, and as long as the key is. */
export function makeToken(signer: Signer, wallMs: number): string {
  const expiry = String(Math.round(wallMs) + LIFETIME_MS)
  return `${PREFIX}${signer.id}.${expiry}.${sign(signer, expiry)}`
}

/** The key's id, of a text that looks like a token; its signature is not looked at. */
export function tokenKeyId(text: string): string | undefined {
  return text.startsWith(PREFIX) ? text.split('.')[1] : undefined
}

export function isGoodToken(text: string, signer: Signer, wallMs: number): boolean {
  const [, id = '', expiry = '', signature = ''] =
    /^token\.([^.]+)\.(\d{1,16})\.([\w-]+)$/.exec(text) ?? []
  if (id !== signer.id || !(Number(expiry) > wallMs)) return false
  const given = Buffer.from(signature)
  const wanted = Buffer.from(sign(signer, expiry))
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
