/** A receiver that answers as the protocol says and throws everything away: sink.ts PORT. */

import { DEFAULT_SERVER_LIMITS, startServer } from '../src/receive/grpc-server.ts'
import { createSystemClock } from '../src/system/clock.ts'
import { digestOf } from '../src/system/digest.ts'
import { createLogger } from '../src/system/logger.ts'
import { decodeAgentFrames } from '../src/wire/agent-frames.ts'
import type { AgentFrame, ReceiverFrame } from '../src/wire/frames.ts'
import type { Link, LinkHandlers } from '../src/wire/link.ts'
import { encodeReceiverFrames } from '../src/wire/receiver-frames.ts'

const COMMIT_BYTES = 4 << 20
const WELCOME = {
  type: 'welcome',
  channel: 0,
  software: 'sink',
  device: 'bench',
  warning: '',
  maxChannels: 1024,
  maxDataBytes: 256 * 1024,
  windowBytes: 8 << 20,
  smallFileBytes: 256 * 1024,
} as const

let isFirst = true
let stored = 0

/** Tells what the scenarios ask for. */
function tell(line: string): void {
  process.stdout.write(`${line}\n`)
}

interface Taken {
  uploadId: string
  bytes: number
  committed: number
}

function answer(channels: Map<number, Taken>, frame: AgentFrame): ReceiverFrame | undefined {
  const { channel } = frame
  const taken = channels.get(channel)
  switch (frame.type) {
    case 'hello':
      return WELCOME
    case 'open':
      channels.set(channel, { uploadId: frame.request.uploadId, bytes: 0, committed: 0 })
      return {
        ...{ channel, type: 'opened', epoch: 1, generation: 1 },
        ...{ prefix: { offsetBytes: 0, digest: digestOf(new Uint8Array()) }, receipt: undefined },
      }
    case 'data':
      if (isFirst) tell('first')
      isFirst = false
      if (taken === undefined) return undefined
      taken.bytes += frame.bytes.length
      if (taken.bytes - taken.committed < COMMIT_BYTES) return undefined
      taken.committed = taken.bytes - (taken.bytes % (1 << 20))
      return { channel, type: 'progress', committedBytes: taken.committed }
    case 'finish': {
      channels.delete(channel)
      stored += 1
      const { sizeBytes, digest } = frame
      const receipt = {
        uploadId: taken?.uploadId ?? '',
        sizeBytes,
        digest,
        sha256: '',
        location: '',
      }
      return { channel, type: 'stored', receipt }
    }
    case 'cancel':
      channels.delete(channel)
      return undefined
  }
}

function serve(_device: string, link: Link): LinkHandlers {
  const channels = new Map<number, Taken>()
  return {
    message(bytes) {
      const frames = decodeAgentFrames(bytes).flatMap((frame) => answer(channels, frame) ?? [])
      if (frames.length > 0) link.send(encodeReceiverFrames(frames))
    },
    closed() {
      tell(`stored ${stored}`)
    },
  }
}

const clock = createSystemClock()
const write = (line: string) => void process.stderr.write(line)
await startServer({
  listen: `127.0.0.1:${process.argv[2]}`,
  tls: undefined,
  keyring: undefined,
  limits: DEFAULT_SERVER_LIMITS,
  clock,
  log: createLogger({ level: 'error', format: 'text', clock, write }),
  methods: [],
  serve,
})
