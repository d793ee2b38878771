/**
 * A proxy on gRPC's level in front of a real receiver. Faults come one after the other, each at its
 * point of an upload; what a fault does not touch passes as it is.
 */
import * as grpc from '@grpc/grpc-js'
import {
  type Fault,
  type Piece,
  type Point,
  type Read,
  type Reading,
  STATUSES,
  type Status,
} from './faults.ts'
import { startProxy } from './proxy.ts'

export interface FaultProxy {
  readonly port: number
  /** Those that came about, in order. */
  readonly fired: readonly Fault[]
  close(): Promise<void>
}

interface Options {
  readonly target: number
  readonly faults: readonly Fault[]
  readonly read: Read
  readonly paths: readonly { readonly path: string; readonly responseStream: boolean }[]
}

type Call = grpc.ServerDuplexStream<Buffer, Buffer> | grpc.ServerReadableStream<Buffer, Buffer>
type Reply = (error: Partial<grpc.ServiceError> | null, message?: Buffer) => void

const asIs = (bytes: Buffer) => bytes
/** A server that says when is asked again then; else it is for longer than a test waits. */
const PUSHBACK_MS = '100'

interface State extends Options {
  readonly client: grpc.Client
  readonly waiting: Fault[]
  readonly fired: Fault[]
  readonly cut: () => void
}

interface Upstream {
  write(message: Buffer): void
  end(): void
  cancel(): void
}

/** One call between its two ends, with what is wrong with it so far. */
function createRelay(options: {
  state: State
  reading: Reading
  upstream: () => Upstream
  tell: (message: Buffer) => void
}) {
  const { state, reading, upstream, tell } = options
  let stalls = false
  let isOver = false
  /** A fault that waits for the receiver's answer. */
  let pending: Fault | undefined
  const leave = () => {
    // The agent gave up waiting: the answer is lost.
    if (pending?.kind === 'lost' && !isOver) fire(pending)
    pending = undefined
    isOver = true
    upstream().cancel()
  }
  const fire = (fault: Fault) => {
    state.waiting.shift()
    state.fired.push(fault)
  }
  const due = (points: readonly Point[]) => {
    const [fault] = state.waiting
    if (fault === undefined || pending !== undefined || fault.rpc !== reading.rpc) return undefined
    return points.includes(fault.point) ? fault : undefined
  }
  /** Gives the piece to pass on, or nothing. */
  const apply = (fault: Fault, piece: Piece, fail: (status: Status) => void) => {
    if (fault.kind in STATUSES) fail(fault.kind as Status)
    else if (fault.kind === 'reset') state.cut()
    else if (fault.kind === 'stall') stalls = true
    else {
      const altered = reading.alterUp(piece, fault)
      if (altered === undefined) {
        pending = fault
        return piece.bytes
      }
      fire(fault)
      if (altered.down) tell(altered.down)
      return altered.up
    }
    fire(fault)
    return undefined
  }
  return {
    leave,
    up(pieces: readonly Piece[], fail: (status: Status) => void): void {
      for (const piece of pieces) {
        if (isOver || stalls) return
        // What follows does not bring the answer that is to be lost.
        if (pending?.point === 'data' && pending.kind === 'lost') return
        const fault = due(piece.points)
        const bytes = fault ? apply(fault, piece, fail) : piece.bytes
        if (bytes !== undefined && bytes.length > 0) upstream().write(bytes)
      }
    },
    end(fail: (status: Status) => void): void {
      if (isOver || stalls) return
      const fault = due(reading.end)
      const nothing = { bytes: Buffer.alloc(0), points: reading.end }
      if (fault && apply(fault, nothing, fail) === undefined) return
      upstream().end()
    },
    /** What the agent is to be told; undefined: nothing. */
    down(message: Buffer): Buffer | undefined {
      if (isOver || stalls) return undefined
      const fault = pending
      if (fault === undefined) return message
      if (fault.kind === 'lost') {
        if (!reading.answers(message, fault.point)) return message
        pending = undefined
        fire(fault)
        state.cut()
        return undefined
      }
      const altered = reading.alterDown(message, fault)
      if (altered === undefined) return message
      pending = undefined
      fire(fault)
      return altered
    },
  }
}

function statusError(status: Status): Partial<grpc.ServiceError> {
  const metadata = new grpc.Metadata()
  metadata.set('grpc-retry-pushback-ms', PUSHBACK_MS)
  return { code: STATUSES[status], details: 'scripted', metadata }
}

function listen(call: Call, relay: ReturnType<typeof createRelay>, reading: Reading, fail: Reply) {
  const failWith = (status: Status) => {
    relay.leave()
    fail(statusError(status))
  }
  call.on('data', (message: Buffer) => relay.up(reading.split(message), failWith))
  // A stream that was cancelled ends too, and says so a moment later.
  call.on('end', () => setImmediate(() => (call.cancelled ? relay.leave() : relay.end(failWith))))
  call.on('cancelled', relay.leave)
  call.on('error', relay.leave)
}

function handleBoth(state: State, path: string) {
  return (call: grpc.ServerDuplexStream<Buffer, Buffer>) => {
    const reading = state.read(path)
    const stream = state.client.makeBidiStreamRequest(path, asIs, asIs, call.metadata)
    const relay = createRelay({
      ...{ state, reading, upstream: () => stream },
      tell: (message) => void call.write(message),
    })
    stream.on('data', (message: Buffer) => {
      const told = relay.down(message)
      if (told !== undefined) call.write(told)
    })
    stream.on('error', () => {})
    stream.on('end', () => call.end())
    listen(call, relay, reading, (error) => void call.emit('error', error))
  }
}

function handleOne(state: State, path: string) {
  return (call: grpc.ServerReadableStream<Buffer, Buffer>, answer: Reply) => {
    const reading = state.read(path)
    let isAnswered = false
    const reply: Reply = (error, message) => {
      if (isAnswered) return
      isAnswered = true
      answer(error, message)
    }
    const done = (error: grpc.ServiceError | null, message?: Buffer) => {
      const told = message === undefined ? undefined : relay.down(message)
      if (error !== null) reply(error)
      else if (told !== undefined) reply(null, told)
    }
    const stream = state.client.makeClientStreamRequest(path, asIs, asIs, call.metadata, done)
    const relay = createRelay({ state, reading, upstream: () => stream, tell: () => {} })
    listen(call, relay, reading, reply)
  }
}

export async function startFaultProxy(options: Options): Promise<FaultProxy> {
  const { target, faults, paths } = options
  const client = new grpc.Client(`127.0.0.1:${target}`, grpc.credentials.createInsecure(), {
    'grpc.use_local_subchannel_pool': 1,
  })
  const server = new grpc.Server({ 'grpc.max_receive_message_length': 32 << 20 })
  const fired: Fault[] = []
  let cut = () => {}
  const state = { ...options, client, waiting: [...faults], fired, cut: () => cut() }
  for (const { path, responseStream } of paths) {
    const handle = responseStream ? handleBoth(state, path) : handleOne(state, path)
    const codec = { requestSerialize: asIs, requestDeserialize: asIs }
    const answers = { responseSerialize: asIs, responseDeserialize: asIs }
    const definition = { path, requestStream: true, responseStream, ...codec, ...answers }
    server.addService({ call: definition }, { call: handle } as never)
  }
  const port = await new Promise<number>((resolve, reject) => {
    const plain = grpc.ServerCredentials.createInsecure()
    server.bindAsync('127.0.0.1:0', plain, (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  const front = await startProxy(port)
  cut = front.cut
  return {
    port: front.port,
    fired,
    async close() {
      await front.close()
      server.forceShutdown()
      client.close()
    },
  }
}
