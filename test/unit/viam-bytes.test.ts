/** Viam's messages, byte for byte as another implementation lays them out. */
import { describe, expect, test } from 'bun:test'
import { fromText } from '../../src/byte-path.ts'
import type { FileVersion } from '../../src/model.ts'
import {
  fileStart,
  layCapturePiece,
  layFilePiece,
  PIECE_ROOM_BYTES,
} from '../../src/upload/viam/messages.ts'
import { fileMetadata } from '../../src/upload/viam/metadata.ts'
import { sequenceRequest } from '../../src/upload/viam/sequence.ts'
import '../../src/wire/codec.ts'
import { google, proto, viam } from '../../src/wire/viam.js'
import { PART, start } from '../fakes/viam-agent.ts'
import messages from '../fixtures/viam/messages.json'

interface Told {
  readonly type: string
  readonly hex: string
  readonly fields: unknown
}

interface Piece {
  readonly head: string
  readonly size: number
}

interface Fixtures {
  readonly captures: readonly {
    readonly name: string
    readonly file: string
    readonly rpc: string
    readonly messages: readonly Told[]
  }[]
  readonly streamed: Piece & { byte: string; start: Told; pieces: readonly Piece[] }
  readonly plain: {
    readonly metadata: Told
    readonly start: Told
    readonly pieces: readonly Piece[]
  }
  readonly sequence: { readonly text: string; readonly request: Told }
  readonly login: Told
  readonly answers: readonly Told[]
}

const fixtures: Fixtures = messages

interface Message {
  decode(bytes: Uint8Array): object
  encode(message: object): { finish(): Uint8Array }
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex')

/** Nested packages by a full name. */
function messageOf(type: string): Message {
  const found = type
    .split('.')
    .reduce<unknown>((at, name) => (at as Record<string, unknown>)[name], {
      viam,
      proto,
      google,
    })
  return found as Message
}

/** Bytes in hexadecimal, as the fixtures have them. */
function plainOf(value: unknown): unknown {
  if (value instanceof Uint8Array) return hexOf(value)
  if (Array.isArray(value)) return value.map(plainOf)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, plainOf(one)]))
}

const everyMessage: Told[] = [
  ...fixtures.captures.flatMap(({ messages }) => messages),
  fixtures.streamed.start,
  fixtures.plain.metadata,
  fixtures.plain.start,
  fixtures.sequence.request,
  fixtures.login,
  ...fixtures.answers,
]

test.each(everyMessage.map((one) => [one.type, one] as const))(
  '%s: our decoder finds every field, our encoder lays the same bytes',
  (type, { hex, fields }) => {
    const message = messageOf(type)
    const decoded = message.decode(Buffer.from(hex, 'hex'))
    expect(plainOf(decoded)).toMatchObject(fields as object)
    expect(hexOf(message.encode(decoded).finish())).toBe(hex)
  },
)

describe('the agent', () => {
  test.each(fixtures.captures.map((one) => [one.name, one] as const))(
    'makes of a capture file of %s the same requests',
    async (_, { file, rpc, messages }) => {
      const { agent, server } = await start()
      await agent.send('a.capture', Buffer.from(file, 'hex'))
      const sent = server.stored.map((call) => [call.rpc as string, ...call.messages.map(hexOf)])
      expect(sent).toEqual(messages.map(({ hex }) => [rpc, hex]))
    },
  )

  test('makes of a large payload the same stream', async () => {
    const { head, size, byte, start: first, pieces } = fixtures.streamed
    const { agent, server } = await start()
    const file = Buffer.concat([Buffer.from(head, 'hex'), Buffer.alloc(size, byte)])
    await agent.send('a.capture', file)
    const [start_, ...rest] = server.stored[0]?.messages ?? []
    expect(hexOf(start_ ?? Buffer.alloc(0))).toBe(first.hex)
    const heads = rest.map((message, index) => {
      const payload = pieces[index]?.size ?? 0
      return { head: hexOf(message.subarray(0, -payload)), size: payload }
    })
    expect(heads).toEqual([...pieces])
  })

  test('tells of a plain file in the same bytes', () => {
    const file: FileVersion = {
      root: fromText('/data'),
      path: fromText('/data/tag=t/café.tar.gz'),
      dev: 1n,
      ino: 1n,
      sizeBytes: 1,
      ctimeNs: 1_700_000_000_000_000_001n,
      mtimeNs: -4_000_000_001n,
    }
    const description = {
      content: 'file',
      tags: ['own', 't'],
      datasetIds: ['1023'],
      partId: PART,
    } as const
    const metadata = fileMetadata(file, description)
    expect(hexOf(metadata)).toBe(fixtures.plain.metadata.hex)
    expect(hexOf(fileStart(metadata))).toBe(fixtures.plain.start.hex)
  })

  test.each([
    ['FileUpload', layFilePiece, fixtures.plain.pieces],
    ['StreamingDataCaptureUpload', layCapturePiece, fixtures.streamed.pieces],
  ] as const)('lays the pieces of a %s in the same bytes', (_, lay, pieces) => {
    for (const { head, size } of pieces) {
      const buffer = Buffer.alloc(PIECE_ROOM_BYTES + size, 'p')
      const message = lay(buffer, size)
      expect(hexOf(message.subarray(0, -size))).toBe(head)
      expect(message.subarray(-size).equals(Buffer.alloc(size, 'p'))).toBe(true)
    }
  })

  test('makes of a sequence the same request', () => {
    const request = sequenceRequest(PART, fixtures.sequence.text)
    expect(hexOf(request)).toBe(fixtures.sequence.request.hex)
  })

  test('logs in with the same request', async () => {
    const auth = { issue: () => 't', accepts: () => true }
    const login = { type: 'api-key', entity: 'key-id', payload: 'secret' } as const
    const { agent, server } = await start({ auth }, { login })
    await agent.send('a', Buffer.from('x'))
    const request = proto.rpc.v1.AuthenticateRequest.encode(server.logins[0] ?? {}).finish()
    expect(hexOf(request)).toBe(fixtures.login.hex)
  })
})
