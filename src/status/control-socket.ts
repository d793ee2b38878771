/** A unix socket in the state directory, over which a running agent answers and does what is asked. */
import { chmodSync, rmSync } from 'node:fs'
import { errorMessage } from '../errors.ts'

const CONTROL_SOCKET = 'control.sock'
/** What is asked for is a few words. */
const LARGEST_REQUEST_BYTES = 64 << 10

export interface ControlSocket {
  close(): Promise<void>
}

/** What `POST /name` does; the answer is JSON. What it throws is told to the one who asked. */
export type ControlAction = (request: Readonly<Record<string, unknown>>) => Promise<unknown>

interface ControlOptions {
  readonly directory: string
  /** Asked for each `GET /status`. */
  readonly answer: () => unknown
  readonly actions: Readonly<Record<string, ControlAction>>
}

/** A failure, with what to do about it where that is known. */
function failure(error: unknown): Response {
  const hint = (error as { hint?: unknown } | null)?.hint
  const advice = typeof hint === 'string' && hint !== '' ? ` (${hint})` : ''
  return Response.json({ error: errorMessage(error) + advice }, { status: 409 })
}

async function respond(request: Request, { answer, actions }: ControlOptions): Promise<Response> {
  const name = new URL(request.url).pathname.slice(1)
  if (request.method === 'GET' && name === 'status') return Response.json(answer())
  const action = Object.hasOwn(actions, name) ? actions[name] : undefined
  if (request.method !== 'POST' || action === undefined) {
    return new Response('unknown', { status: 404 })
  }
  try {
    return Response.json(await action((await request.json()) as Record<string, unknown>))
  } catch (error) {
    return failure(error)
  }
}

/** Replaces a socket that a killed agent left. */
export function openControlSocket(options: ControlOptions): ControlSocket {
  const path = `${options.directory}/${CONTROL_SOCKET}`
  rmSync(path, { force: true })
  const server = Bun.serve({
    unix: path,
    maxRequestBodySize: LARGEST_REQUEST_BYTES,
    fetch(request, self) {
      // A sync answers when it is done.
      self.timeout(request, 0)
      return respond(request, options)
    },
  })
  chmodSync(path, 0o600)
  return {
    async close() {
      await server.stop(true)
      rmSync(path, { force: true })
    },
  }
}

const ANSWER_WITHIN_MS = 5_000

const call = (directory: string, name: string, init: RequestInit) =>
  fetch(`http://agent/${name}`, {
    ...init,
    unix: `${directory}/${CONTROL_SOCKET}`,
  } as RequestInit)

/** The running agent's answer; undefined when none runs there. */
export async function askControlSocket(directory: string): Promise<unknown> {
  try {
    const signal = AbortSignal.timeout(ANSWER_WITHIN_MS)
    return await (await call(directory, 'status', { signal })).json()
  } catch {
    return undefined
  }
}

interface Errand {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  readonly withinMs: number
}

/** What the running agent answers; undefined when none runs. Fails with what the agent said. */
export async function tellControlSocket(
  directory: string,
  { name, body, withinMs }: Errand,
): Promise<Readonly<Record<string, unknown>> | undefined> {
  if ((await askControlSocket(directory)) === undefined) return undefined
  const response = await call(directory, name, {
    method: 'POST',
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(withinMs),
  })
  const answer = (await response.json()) as Readonly<Record<string, unknown>>
  if (!response.ok) throw new Error(String(answer['error']))
  return answer
}
