/** A receiver that welcomes each stream of ferry.transfer and then ends it: it is there, and no more. */
import * as grpc from '@grpc/grpc-js'
import '../../src/wire/codec.ts'
import { encodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { TRANSFER_PATH } from '../../src/wire/transfer-path.ts'
import { proto } from '../../src/wire/viam.js'

const { AuthenticateResponse } = proto.rpc.v1

const asIs = (bytes: Buffer) => bytes
const UNARY = {
  requestStream: false,
  responseStream: false,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
}

/** With a token, it also logs in whoever asks. */
export async function startWelcomingServer({
  token,
  port = 0,
}: {
  token?: string
  port?: number
} = {}) {
  const server = new grpc.Server()
  const bearers: string[] = []
  server.addService(
    {
      Transfer: { ...UNARY, path: TRANSFER_PATH, requestStream: true, responseStream: true },
    },
    {
      Transfer(call: grpc.ServerDuplexStream<Buffer, Buffer>) {
        bearers.push(`${call.metadata.get('authorization')[0] ?? ''}`)
        const welcome = {
          type: 'welcome',
          channel: 0,
          software: 'a test',
          device: 'robot-7',
          warning: '',
          maxDataBytes: 65_536,
          windowBytes: 1 << 20,
          smallFileBytes: 65_536,
          maxChannels: 8,
        } as const
        call.write(Buffer.from(encodeReceiverFrames([welcome])))
        call.on('data', () => {})
        setTimeout(() => call.emit('error', { code: 13, details: 'no more' }), 50)
      },
    },
  )
  if (token !== undefined) {
    const path = '/proto.rpc.v1.AuthService/Authenticate'
    const Authenticate = { ...UNARY, path }
    const answer = Buffer.from(AuthenticateResponse.encode({ accessToken: token }).finish())
    server.addService(
      { Authenticate },
      { Authenticate: (_: unknown, reply: grpc.sendUnaryData<Buffer>) => reply(null, answer) },
    )
  }
  const bound = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`127.0.0.1:${port}`, grpc.ServerCredentials.createInsecure(), (error, one) =>
      error ? reject(error) : resolve(one),
    ),
  )
  return { port: bound, bearers, stop: () => server.forceShutdown() }
}
