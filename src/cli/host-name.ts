/** Names and addresses under which a receiver is reached. */

const LABEL = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/i

/** A name as DNS knows it, or an address without brackets, port and zone. */
export async function isHostName(text: string): Promise<boolean> {
  const { isIP } = await import('node:net')
  if (isIP(text) !== 0) return !text.includes('%')
  const labels = text.split('.')
  // Four numbers too large for an address are no name either.
  const isNumber = /^\d+$/.test(labels.at(-1) ?? '')
  return text.length <= 253 && labels.every((label) => LABEL.test(label)) && !isNumber
}

/** HOST:PORT; undefined where the text is none. Port 0 picks one. */
export function readAddress(
  text: string,
): { readonly host: string; readonly port: number } | undefined {
  const [, host = '', port = ''] = /^([^\s]+):(\d{1,5})$/.exec(text) ?? []
  if (host === '' || Number(port) > 65_535) return undefined
  return { host: host.replace(/^\[(.*)\]$/, '$1'), port: Number(port) }
}
