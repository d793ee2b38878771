/** Viam's services on gRPC: each method is a stream of messages in and one message out. */
import type * as Grpc from '@grpc/grpc-js'
import { errorMessage } from '../../errors.ts'
import type { Clock } from '../../system/clock.ts'
import type { Logger } from '../../system/logger.ts'
import type { FailureCode } from '../../wire/frames.ts'
import { Refusal, storeRefusal } from '../incoming.ts'
import { admitMessages } from '../messages.ts'
import type { TellRefused } from '../refused.ts'
import { createHeld, type Held, type Memory } from './memory.ts'
import { type Exchange, type Method, Unauthenticated } from './method.ts'

type Call = Grpc.ServerReadableStream<Buffer, Buffer>
type Answer = Grpc.sendUnaryData<Buffer>

export interface CallParts {
  readonly grpc: typeof Grpc
  readonly clock: Clock
  readonly log: Logger
  readonly tellRefused: TellRefused
  /** What is being stored: to be awaited before the store is closed. */
  readonly storing: Set<Promise<unknown>>
  readonly memory: Memory
  /** The largest message of a client with a key. */
  readonly messageBytes: number
  /** undefined: not a good key, which has been told. */
  readonly authenticate: (
    call: Pick<Call, 'metadata' | 'getPeer'>,
  ) => { id: string; device: string } | undefined
  /** A login was good. */
  readonly greet: (peer: string) => void
}

export interface OpenCall {
  readonly keyId: string
  readonly device: string
  /** When a message came last, on the monotonic clock. */
  lastMs: number
  /** After so long without a message its client is not coming. */
  readonly silentMs: number
  /** Ends it with an error, unless it has ended. */
  end(error: unknown, reply?: Buffer): void
}

/** Calls of one device at once, each with at most one message in memory; a client has a call per worker. */
const MOST_CALLS = 32
/** A client that began a call goes on with it. */
const SILENT_MS = 120_000
/** Calls of clients without a key, all together: what they send is small, and comes at once. */
const MOST_OPEN_TO_ALL = 64
const OPEN_TO_ALL_BYTES = 16 << 10
const OPEN_TO_ALL_SILENT_MS = 10_000

/** INVALID_ARGUMENT means never; the others mean later. */
const STATUS: Readonly<Record<FailureCode, keyof typeof Grpc.status>> = {
  unspecified: 'UNKNOWN',
  invalid: 'INVALID_ARGUMENT',
  'wrong-offset': 'INVALID_ARGUMENT',
  'stale-epoch': 'CANCELLED',
  corrupt: 'DATA_LOSS',
  'no-space': 'RESOURCE_EXHAUSTED',
  busy: 'RESOURCE_EXHAUSTED',
  'store-failed': 'UNAVAILABLE',
}

function statusOf({ grpc, log }: CallParts, error: unknown): Partial<Grpc.StatusObject> {
  if (error instanceof Unauthenticated) {
    return { code: grpc.status.UNAUTHENTICATED, details: error.message }
  }
  const { code, message } = storeRefusal(error)
  if (!(error instanceof Refusal) && code !== 'invalid') {
    log.error('store failed', { cause: errorMessage(error) })
  }
  return { code: grpc.status[STATUS[code]], details: message }
}

/** What the operator is to know of a call that ends with an error. */
function tellEnd({ log, tellRefused }: CallParts, { path, isOpenToAll }: Method, call: Call) {
  return (device: string, error: unknown): void => {
    if (error === undefined) return
    if (error instanceof Unauthenticated) {
      if (isOpenToAll) tellRefused('login', call.getPeer())
      return
    }
    const { code, message } = storeRefusal(error)
    const fields = { device, path, code, cause: message }
    // Viam's programs put aside what was refused as invalid, and never send it again.
    if (code === 'invalid') log.warn('upload refused for good', fields)
    else if (code !== 'stale-epoch') log.debug('upload refused', fields)
  }
}

/** The header's text; '' where it is missing. */
const header = (call: Call) => (name: string) => String(call.metadata.get(name)[0] ?? '')

const NOBODY = { id: '', device: '' }

/** Who calls; throws `Unauthenticated` or `Refusal`. */
function admit(parts: CallParts, open: Set<OpenCall>, method: Method, call: Call) {
  if (method.isOpenToAll) {
    const others = [...open].filter(({ device }) => device === NOBODY.device)
    if (others.length >= MOST_OPEN_TO_ALL) throw new Refusal('busy', 'too many logins at once')
    return NOBODY
  }
  const key = parts.authenticate(call)
  if (key === undefined) throw new Unauthenticated('the key is unknown or revoked')
  const same = [...open].filter(({ device }) => device === key.device)
  if (same.length >= MOST_CALLS) throw new Refusal('busy', 'too many calls of this device at once')
  return key
}

/**
 * A client that cancels looks like one that has ended: `end` comes first, and `cancelled` is true
 * a turn of the event loop later.
 */
async function settled(clock: Clock, call: Call): Promise<boolean> {
  await clock.sleep(0)
  await clock.sleep(0)
  return !call.cancelled
}

interface Running {
  readonly call: Call
  readonly exchange: Exchange
  readonly held: Held
  readonly mostBytes: number
  readonly isOver: () => boolean
  readonly finish: OpenCall['end']
}

function run({ clock, storing }: CallParts, { call, exchange, held, finish }: Running) {
  let isEnded = false
  const cancelled = () => finish(new Refusal('stale-epoch', 'the call was cancelled'))
  const unlessEnded = () => {
    if (!isEnded) cancelled()
    // What is being stored is in memory until it is.
    if (!isEnded) held.releaseAll()
  }
  call.on('end', () => {
    isEnded = true
    const work = async () => {
      if (await settled(clock, call)) return await exchange.finish()
      return undefined
    }
    const stored = work().then(
      (reply) => (reply === undefined ? cancelled() : finish(undefined, Buffer.from(reply))),
      (error: unknown) => finish(error),
    )
    storing.add(stored)
    void stored.finally(() => {
      storing.delete(stored)
      held.releaseAll()
    })
  })
  call.on('cancelled', unlessEnded)
  call.on('error', unlessEnded)
  call.on('close', unlessEnded)
}

/** Takes the messages as they come; a refused one ends the call. */
function take(parts: CallParts, entry: OpenCall, running: Running) {
  const { call, exchange, held, mostBytes, isOver, finish } = running
  const attempt = (work: () => void): boolean => {
    if (isOver()) return false
    try {
      work()
      return true
    } catch (error) {
      finish(error)
      return false
    }
  }
  admitMessages(call, mostBytes, (message) => attempt(() => held.admit(message)))
  call.on('data', (message: Buffer) => {
    entry.lastMs = parts.clock.monotonicMs()
    attempt(() => exchange.message(message))
    if (!exchange.keepsMessages) held.release()
  })
}

/** Adds what it opens to `open` for as long as it lasts. */
export function handleMethod(parts: CallParts, open: Set<OpenCall>, method: Method) {
  return (call: Call, answer: Answer): void => {
    let exchange: Exchange | undefined
    let isOver = false
    const tell = tellEnd(parts, method, call)
    const finish = (error: unknown, reply?: Buffer) => {
      if (isOver) return
      isOver = true
      open.delete(entry)
      tell(entry.device, error)
      try {
        exchange?.drop()
      } catch (cause) {
        parts.log.error('store failed', { cause: errorMessage(cause) })
      }
      if (error === undefined && method.isOpenToAll) parts.greet(call.getPeer())
      if (error === undefined) answer(null, reply)
      else answer(statusOf(parts, error))
    }
    const silentMs = method.isOpenToAll ? OPEN_TO_ALL_SILENT_MS : SILENT_MS
    let entry: OpenCall = { keyId: '', device: '', lastMs: 0, silentMs, end: finish }
    call.on('error', () => {})
    try {
      const { id: keyId, device } = admit(parts, open, method, call)
      entry = { keyId, device, lastMs: parts.clock.monotonicMs(), silentMs, end: finish }
      open.add(entry)
      const isCancelled = () => call.cancelled || isOver
      exchange = method.open({ device, header: header(call), isCancelled })
    } catch (error) {
      finish(error)
      return
    }
    const mostBytes = method.isOpenToAll ? OPEN_TO_ALL_BYTES : parts.messageBytes
    const held = createHeld(parts.memory, entry.device, mostBytes)
    const running = { call, exchange, held, mostBytes, isOver: () => isOver, finish }
    take(parts, entry, running)
    run(parts, running)
  }
}

/** How gRPC is told of a method. */
export function definitionOf({ path }: Method) {
  const asIs = (message: Buffer) => message
  return {
    path,
    requestStream: true,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  } as const
}
