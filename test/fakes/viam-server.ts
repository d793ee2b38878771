/** A server of Viam's services that writes down each call, and fails as it is told to. */
import * as grpc from '@grpc/grpc-js'
import '../../src/wire/codec.ts'
import { proto, viam } from '../../src/wire/viam.js'

const sync = viam.app.datasync.v1
const { CreateSequenceRequest, CreateSequenceResponse } = viam.app.data.v1
const { AuthenticateRequest, AuthenticateResponse } = proto.rpc.v1

export type Rpc =
  | 'DataCaptureUpload'
  | 'FileUpload'
  | 'StreamingDataCaptureUpload'
  | 'CreateSequence'

/** before: nothing is stored; after: it is, and the answer is lost; stall: no answer at all. */
export interface Fault {
  readonly when: 'before' | 'after' | 'stall'
  readonly code?: number
  readonly details?: string
  readonly retryAfterMs?: number
}

/** What one call brought, in Viam's terms. */
export interface Call {
  readonly rpc: Rpc
  readonly headers: Readonly<Record<string, string>>
  readonly metadata: viam.app.datasync.v1.UploadMetadata.$Properties
  readonly readings: readonly viam.app.datasync.v1.SensorData.$Properties[]
  /** Of a stream. */
  readonly sensor: viam.app.datasync.v1.SensorMetadata.$Properties | undefined
  /** The content of a stream, or one payload. */
  readonly content: Buffer
  readonly sequence: viam.app.data.v1.CreateSequenceRequest.$Properties | undefined
  /** The messages as they came. */
  readonly messages: readonly Buffer[]
}

interface Options {
  /** What becomes of the call with this number, from 0, whatever its kind. */
  readonly fault?: (index: number, rpc: Rpc) => Fault | undefined
  /** undefined: nobody has to log in, and there is no such service. */
  readonly auth?: {
    /** A token, or the code of a refusal. */
    readonly issue: (login: proto.rpc.v1.AuthenticateRequest.$Properties) => string | number
    readonly accepts: (token: string) => boolean
  }
  readonly port?: number
  /** Streams are answered once their first message is there. */
  readonly answersEarly?: boolean
  /** Before the answer. */
  readonly onStored?: (call: Call) => void
  /** Time from storing to answering. */
  readonly delayMs?: number
  readonly onAnswer?: () => void
}

export interface ViamServer {
  readonly port: number
  /** Those that were stored. */
  readonly stored: Call[]
  /** Those that came whole, stored or not. */
  readonly calls: Call[]
  /** Streams that ended without their end. */
  cancelled: number
  readonly logins: proto.rpc.v1.AuthenticateRequest.$Properties[]
  /** The authorization header of each call, '' where there is none. */
  readonly authorizations: string[]
  stop(): void
}

const asIs = (bytes: Buffer) => bytes

const headersOf = (metadata: grpc.Metadata) =>
  Object.fromEntries(Object.entries(metadata.getMap()).map(([key, value]) => [key, `${value}`]))

/** Decodes by protobufjs alone: nothing of what laid the messages out. */
function parse(rpc: Rpc, messages: readonly Buffer[], metadata: grpc.Metadata): Call {
  const base = {
    rpc,
    headers: headersOf(metadata),
    messages,
    sequence: undefined,
    sensor: undefined,
  }
  const first = messages[0] ?? Buffer.alloc(0)
  if (rpc === 'CreateSequence') {
    const sequence = CreateSequenceRequest.decode(first)
    return { ...base, sequence, metadata: {}, readings: [], content: Buffer.alloc(0) }
  }
  if (rpc === 'DataCaptureUpload') {
    const { metadata: upload, sensorContents } = sync.DataCaptureUploadRequest.decode(first)
    const content = Buffer.from(sensorContents[0]?.binary ?? [])
    return { ...base, metadata: upload ?? {}, readings: sensorContents, content }
  }
  if (rpc === 'FileUpload') {
    const [start, ...rest] = messages.map((one) => sync.FileUploadRequest.decode(one))
    const pieces = rest.map((one) => one.fileContents?.data ?? new Uint8Array())
    return {
      ...base,
      metadata: start?.metadata ?? {},
      readings: [],
      content: Buffer.concat(pieces),
    }
  }
  const [start, ...rest] = messages.map((one) => sync.StreamingDataCaptureUploadRequest.decode(one))
  const content = Buffer.concat(rest.map((one) => one.data ?? new Uint8Array()))
  const { uploadMetadata, sensorMetadata } = start?.metadata ?? {}
  return {
    ...base,
    metadata: uploadMetadata ?? {},
    sensor: sensorMetadata ?? {},
    readings: [],
    content,
  }
}

function answerOf(rpc: Rpc, index: number): Buffer {
  const binaryDataId = `id-${index}`
  if (rpc === 'CreateSequence') {
    return Buffer.from(CreateSequenceResponse.encode({ id: binaryDataId }).finish())
  }
  return Buffer.from(sync.FileUploadResponse.encode({ binaryDataId }).finish())
}

type Reply = grpc.sendUnaryData<Buffer>

const failWith = (
  reply: Reply,
  { code = 2, details = 'scripted', retryAfterMs }: Partial<Fault>,
) => {
  const metadata = new grpc.Metadata()
  if (retryAfterMs !== undefined) metadata.set('grpc-retry-pushback-ms', `${retryAfterMs}`)
  reply({ code, details, metadata } as grpc.ServiceError, null)
}

export async function startViamServer(options: Options = {}): Promise<ViamServer> {
  const server = new grpc.Server({ 'grpc.max_receive_message_length': 32 << 20 })
  let count = 0
  const recorded: Omit<ViamServer, 'port' | 'stop'> = {
    stored: [],
    calls: [],
    cancelled: 0,
    logins: [],
    authorizations: [],
  }
  /** True when the call may go on. */
  const admit = (metadata: grpc.Metadata, reply: Reply): boolean => {
    const header = `${metadata.get('authorization')[0] ?? ''}`
    recorded.authorizations.push(header)
    if (!options.auth || options.auth.accepts(header.replace(/^Bearer /, ''))) return true
    failWith(reply, { code: grpc.status.UNAUTHENTICATED, details: 'who are you' })
    return false
  }
  const finish = (rpc: Rpc, messages: readonly Buffer[], metadata: grpc.Metadata, reply: Reply) => {
    const call = parse(rpc, messages, metadata)
    const index = count++
    const fault = options.fault?.(index, rpc)
    recorded.calls.push(call)
    if (fault?.when !== 'before') {
      recorded.stored.push(call)
      options.onStored?.(call)
    }
    if (fault?.when === 'stall') return
    const answer = () => {
      options.onAnswer?.()
      if (fault) failWith(reply, fault)
      else reply(null, answerOf(rpc, index))
    }
    if (options.delayMs === undefined) answer()
    else setTimeout(answer, options.delayMs)
  }
  const unary = (rpc: Rpc) => (call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: Reply) => {
    if (admit(call.metadata, reply)) finish(rpc, [call.request], call.metadata, reply)
  }
  const stream = (rpc: Rpc) => (call: grpc.ServerReadableStream<Buffer, Buffer>, reply: Reply) => {
    const messages: Buffer[] = []
    let isOver = !admit(call.metadata, reply)
    call.on('data', (message: Buffer) => {
      messages.push(Buffer.from(message))
      if (isOver || !options.answersEarly) return
      isOver = true
      reply(null, answerOf(rpc, 0))
    })
    call.on('cancelled', () => {
      if (!isOver) recorded.cancelled += 1
      isOver = true
    })
    // A stream that was cancelled ends too, and says so a moment later.
    call.on('end', () =>
      setImmediate(() => {
        if (isOver || call.cancelled) return
        isOver = true
        finish(rpc, messages, call.metadata, reply)
      }),
    )
  }
  const method = (path: string, requestStream: boolean) => ({
    path,
    requestStream,
    responseStream: false,
    requestSerialize: asIs,
    requestDeserialize: asIs,
    responseSerialize: asIs,
    responseDeserialize: asIs,
  })
  const service = '/viam.app.datasync.v1.DataSyncService'
  server.addService(
    {
      DataCaptureUpload: method(`${service}/DataCaptureUpload`, false),
      FileUpload: method(`${service}/FileUpload`, true),
      StreamingDataCaptureUpload: method(`${service}/StreamingDataCaptureUpload`, true),
      CreateSequence: method('/viam.app.data.v1.DataService/CreateSequence', false),
    },
    {
      DataCaptureUpload: unary('DataCaptureUpload'),
      FileUpload: stream('FileUpload'),
      StreamingDataCaptureUpload: stream('StreamingDataCaptureUpload'),
      CreateSequence: unary('CreateSequence'),
    },
  )
  const { auth } = options
  if (auth) {
    server.addService(
      { Authenticate: method('/proto.rpc.v1.AuthService/Authenticate', false) },
      {
        Authenticate(call: grpc.ServerUnaryCall<Buffer, Buffer>, reply: Reply) {
          const login = AuthenticateRequest.decode(call.request)
          recorded.logins.push(login)
          if (call.metadata.get('authorization').length > 0) {
            return failWith(reply, { code: 3, details: 'already authenticated' })
          }
          const issued = auth.issue(login)
          if (typeof issued === 'number') return failWith(reply, { code: issued })
          reply(null, Buffer.from(AuthenticateResponse.encode({ accessToken: issued }).finish()))
        },
      },
    )
  }
  const port = await new Promise<number>((resolve, reject) => {
    const address = `127.0.0.1:${options.port ?? 0}`
    server.bindAsync(address, grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  return Object.assign(recorded, { port, stop: () => server.forceShutdown() })
}
