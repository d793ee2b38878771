/** A unix socket in the state directory, over which a running agent answers. */
import { chmodSync, rmSync } from 'node:fs'

const CONTROL_SOCKET = 'control.sock'

export interface ControlSocket {
  close(): Promise<void>
}

/** `answer` is asked for each request. Replaces a socket that a killed agent left. */
export function openControlSocket(directory: string, answer: () => unknown): ControlSocket {
  const path = `${directory}/${CONTROL_SOCKET}`
  rmSync(path, { force: true })
  const server = Bun.serve({
    unix: path,
    fetch: (request) =>
      new URL(request.url).pathname === '/status'
        ? Response.json(answer())
        : new Response('unknown', { status: 404 }),
  })
  chmodSync(path, 0o600)
  return {
    async close() {
      await server.stop(true)
      rmSync(path, { force: true })
    },
  }
}

/** The running agent's answer; undefined when none runs there. */
export async function askControlSocket(directory: string): Promise<unknown> {
  try {
    const response = await fetch('http://agent/status', {
      unix: `${directory}/${CONTROL_SOCKET}`,
      signal: AbortSignal.timeout(5_000),
    } as RequestInit)
    return await response.json()
  } catch {
    return undefined
  }
}
