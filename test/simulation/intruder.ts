/** Another device with a good key of its own: it knows the ids of others, and learns nothing (P13). */
import { crc32 } from 'node:zlib'
import { digestOf } from '../../src/system/digest.ts'
import { encodeAgentFrame } from '../../src/wire/agent-frames.ts'
import type { AgentFrame, FailureCode, OpenRequest, ReceiverFrame } from '../../src/wire/frames.ts'
import type { Link, LinkHandlers } from '../../src/wire/link.ts'
import { decodeReceiverFrames } from '../../src/wire/receiver-frames.ts'
import { Violation } from './oracle.ts'
import { createRng, type Rng } from './rng.ts'
import type { Setting } from './world.ts'

const INTRUDER = 'intruder'
/** Of the seeds, the share that has one. */
const SHARE = 0.15
const DATA_BYTES = 512
const STAYS_MS = 5_000
/** What an id that nobody has opened may be answered, while the receiver has troubles of its own. */
const OWN_TROUBLES: readonly FailureCode[] = ['busy', 'no-space', 'store-failed']

interface IntruderOptions extends Setting {
  readonly seed: number
  /** A stream of that device, where the receiver is up. */
  readonly serveAs: (device: string, link: Link) => LinkHandlers | undefined
  /** What the device under test has opened, the newest last. */
  readonly requests: () => readonly OpenRequest[]
}

/** What it does itself under an id: always the same, so that going on fits what it began. */
interface Own {
  readonly bytes: Uint8Array
  isBegun: boolean
  /** Streams that asked for it. */
  asked: number
}

function drawOwn(rng: Rng, { sizeBytes }: OpenRequest): Own {
  const bytes = new Uint8Array(sizeBytes + rng.pick([0, 0, 1, 700])).fill(rng.below(256))
  return { bytes, isBegun: false, asked: 0 }
}

/** The answer must be the one that an id without a past gets, but for this device's own past. */
function checkOpened(own: Own, frame: Extract<ReceiverFrame, { type: 'opened' }>): void {
  const { prefix, receipt } = frame
  if (receipt && !own.isBegun) {
    throw new Violation("P13: a device gets the receipt of another one's upload")
  }
  if (receipt && Buffer.compare(receipt.digest, digestOf(own.bytes)) !== 0) {
    throw new Violation('P13: a receipt speaks of bytes of another device')
  }
  if (!own.isBegun && prefix.offsetBytes > 0) {
    throw new Violation(`P13: a device learns that ${prefix.offsetBytes} bytes of another are here`)
  }
}

/** One that ended while it was asked for may be this device's own, of an earlier stream. */
const isOwnTrouble = (own: Own, code: FailureCode) =>
  OWN_TROUBLES.includes(code) || (own.asked > 1 && code === 'stale-epoch')

function* framesAfter(own: Own, offsetBytes: number): Generator<AgentFrame> {
  const { bytes } = own
  for (let at = offsetBytes; at < bytes.length; at += DATA_BYTES) {
    const part = bytes.subarray(at, at + DATA_BYTES)
    yield { channel: 1, type: 'data', offsetBytes: at, crc32: crc32(part), bytes: part }
  }
  yield { channel: 1, type: 'finish', sizeBytes: bytes.length, digest: digestOf(bytes) }
}

/** One stream: it asks for an upload, and perhaps goes on as if it were its own. */
function intrude(options: IntruderOptions, rng: Rng, own: Own, request: OpenRequest): () => void {
  const { serveAs, fail, timeline } = options
  const goesOn = rng.chance(0.6)
  let handlers: LinkHandlers | undefined
  let isOpened = false
  const say = (frame: AgentFrame) => {
    try {
      handlers?.message(encodeAgentFrame(frame))
    } catch (error) {
      fail(error)
    }
  }
  const answered = (frame: ReceiverFrame) => {
    if (frame.type === 'opened') {
      checkOpened(own, frame)
      isOpened = true
      if (frame.receipt || !goesOn) return
      own.isBegun = true
      const { offsetBytes } = frame.prefix
      timeline.after(1, () => {
        for (const next of framesAfter(own, offsetBytes)) say(next)
      })
    } else if (frame.type === 'failed' && !isOpened && !isOwnTrouble(own, frame.code)) {
      throw new Violation(`P13: an id of another device is answered "${frame.message}"`)
    }
  }
  const link: Link = {
    send(message) {
      try {
        for (const frame of decodeReceiverFrames(message)) answered(frame)
      } catch (error) {
        fail(error)
      }
    },
    ready: async () => {},
    close: () => {},
  }
  own.asked += 1
  handlers = serveAs(INTRUDER, link)
  say({ channel: 0, type: 'hello', software: 'simulated', machineId: INTRUDER })
  const reset = rng.chance(0.3)
  say({
    channel: 1,
    type: 'open',
    request: { ...request, sizeBytes: own.bytes.length, offsetBytes: 0, reset },
  })
  return () => {
    const ending = handlers
    handlers = undefined
    try {
      ending?.closed(undefined as never)
    } catch (error) {
      fail(error)
    }
  }
}

/** Draws of its own, so that a seed without an intruder stays what it is. */
export function startIntruder(options: IntruderOptions): void {
  const { seed, timeline, swarm, requests, trace } = options
  const rng = createRng(seed ^ 0x1d872b41)
  if (!rng.chance(SHARE)) return
  const owned = new Map<string, Own>()
  let leave = () => {}
  const act = () => {
    leave()
    const known = requests()
    const request = rng.chance(0.7) ? known.at(-1) : known[rng.below(known.length)]
    if (request === undefined) return
    const { uploadId } = request
    const own = owned.get(uploadId) ?? drawOwn(rng, request)
    owned.set(uploadId, own)
    trace(() => `the intruder asks for ${uploadId.slice(0, 6)}`)
    leave = intrude(options, rng, own, request)
    const mine = leave
    timeline.after(rng.between(0, STAYS_MS), mine)
  }
  const count = 2 + rng.below(8)
  for (let number = 0; number < count; number++) {
    timeline.after(rng.between(0, swarm.faultsUntilMs), act)
  }
}
