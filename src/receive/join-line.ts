/** The one line that brings a board and a receiver together: address, CA fingerprint and key. Pure. */

export interface JoinLine {
  readonly host: string
  readonly port: number
  /** `<id>.<secret>` */
  readonly key: string
  /** SHA-256 of the CA's certificate, hexadecimal; '' where a public authority signed. */
  readonly caFingerprint: string
  readonly device: string
}

export function writeJoinLine({ host, port, key, caFingerprint, device }: JoinLine): string {
  const name = host.includes(':') ? `[${host}]` : host
  const query = new URLSearchParams({ ca: caFingerprint, device })
  return `ferry://${key}@${name}:${port}?${query}`
}

/** undefined where the text is no such line. */
export function readJoinLine(line: string): JoinLine | undefined {
  const pattern = /^ferry:\/\/([\w-]+\.[\w-]+)@(\[[^\]]+\]|[^:@/\s]+):(\d{1,5})\?(\S+)$/
  const [, key, host, port, query] = pattern.exec(line.trim()) ?? []
  if (key === undefined || host === undefined || query === undefined) return undefined
  const fields = new URLSearchParams(query)
  return {
    key,
    host: host.replace(/^\[(.*)\]$/, '$1'),
    port: Number(port),
    caFingerprint: fields.get('ca') ?? '',
    device: fields.get('device') ?? '',
  }
}
