/** A network between agent and receiver: ordered, slow, and cut in every way a connection can end. */
import { Transient } from '../../src/errors.ts'
import type { Link, LinkHandlers, Transport } from '../../src/wire/link.ts'
import type { Process } from './process.ts'
import type { Rng } from './rng.ts'
import type { Timeline } from './sim-clock.ts'

export type End = 'agent' | 'receiver'

export interface NetworkFaults {
  readonly latencyMs: () => number
  /** For each message, that the connection breaks with it. */
  readonly cutChance: () => number
  /** Nobody can be reached. */
  readonly isDown: () => boolean
  /** The share of half-open connections whose last messages come among those of the next one. */
  readonly straggling: number
}

/** Sees every message as its sender sends it and as its receiver gets it. */
export interface Watch {
  sent(connection: number, by: End, message: Uint8Array): void
  /** Right before it is handled; the answer is called right after it. */
  delivered(connection: number, to: End, message: Uint8Array): () => void
}

/** The receiver's process and how it takes a connection; undefined while it is down. */
export interface Listener {
  readonly process: Process
  readonly serve: (link: Link) => LinkHandlers
}

export interface NetworkOptions {
  readonly timeline: Timeline
  readonly rng: Rng
  readonly faults: NetworkFaults
  readonly watch: Watch
  readonly listener: () => Listener | undefined
  readonly trace: (label: string) => void
}

/** After this long without a sign a receiver drops a connection. */
const KEEPALIVE_MS = 40_000
/** Of each message of the later connection, once the straggler's turn may come. */
const STRAGGLER_CHANCE = 0.3
const BUFFER_LEAVES_WITHIN_MS = 3
/** Half-open connections, whose last messages come late, are the hardest: most are. */
const BREAKS = ['reset', 'agent first', 'agent first', 'receiver first', 'black hole'] as const

/** What a dead connection still has under way: it arrives among the messages of a later one. */
interface Straggler {
  readonly connection: number
  readonly arrive: () => void
}

interface Side {
  readonly end: End
  process: Process
  handlers: LinkHandlers | undefined
  isOpen: boolean
  /** Messages on their way out of this side. */
  leaving: number
  lastArrivalMs: number
  /** Nothing this side sends arrives any more. */
  isMute: boolean
  waiting: { readonly count: number; readonly resolve: () => void }[]
}

const newSide = (end: End, process: Process): Side => ({
  end,
  process,
  handlers: undefined,
  isOpen: true,
  leaving: 0,
  lastArrivalMs: 0,
  isMute: false,
  waiting: [],
})

function wake(side: Side): void {
  const ready = side.waiting.filter(({ count }) => !side.isOpen || side.leaving < count)
  side.waiting = side.waiting.filter((one) => !ready.includes(one))
  for (const { resolve } of ready) resolve()
}

interface ConnectOptions extends NetworkOptions {
  /** In order, of all connections. */
  readonly stragglers: Straggler[]
}

const why = () => new Transient('the connection broke', { scope: 'destination' })

function connect(options: ConnectOptions, number: number, agent: Side) {
  const { timeline, rng, faults, watch, trace, stragglers } = options
  const receiver = newSide('receiver', agent.process)
  const other = (side: Side) => (side === agent ? receiver : agent)
  const close = (side: Side, delayMs: number) =>
    timeline.after(delayMs, () => {
      if (!side.isOpen || !side.process.isAlive()) return
      trace(`connection ${number} ends at the ${side.end}`)
      side.isOpen = false
      side.handlers?.closed(why())
      wake(side)
    })
  /** How late what was under way can still arrive at the receiver. */
  let lateMs = 0
  let straggles = false
  const goDark = () => {
    agent.isMute = receiver.isMute = true
    close(receiver, KEEPALIVE_MS)
  }
  /** Reset, half-open either way, or a black hole that only timers notice. */
  const breakOff = () => {
    const kind = rng.pick(BREAKS)
    trace(`connection ${number}: ${kind}`)
    lateMs = rng.pick([50, 300, 1_500, 15_000])
    straggles = kind === 'agent first' && rng.chance(faults.straggling)
    if (kind === 'black hole') return goDark()
    if (kind !== 'agent first') agent.isMute = true
    receiver.isMute = true
    close(agent, kind === 'receiver first' ? rng.between(100, 5_000) : rng.between(0, 50))
    close(receiver, kind === 'agent first' ? rng.between(500, 20_000) : rng.between(0, 50))
  }
  const arrive = (from: Side, message: Uint8Array) => {
    const to = other(from)
    if (!to.isOpen || !to.handlers || !to.process.isAlive()) return
    const after = watch.delivered(number, to.end, message)
    to.handlers.message(message)
    after()
    message.fill(0xaa)
    if (to === receiver) letStragglers()
  }
  /** One of an older connection, right behind a message of this one. */
  const letStragglers = () => {
    const [first] = stragglers
    if (first === undefined || first.connection === number) return
    if (!rng.chance(STRAGGLER_CHANCE)) return
    stragglers.shift()
    timeline.after(0, first.arrive)
  }
  const transmit = (from: Side, message: Uint8Array) => {
    if (faults.isDown()) goDark()
    else if (rng.chance(faults.cutChance())) breakOff()
    if (from.isMute) return
    const slow = from === agent && receiver.isMute ? rng.between(0, lateMs) : 0
    const at = timeline.nowMs() + faults.latencyMs() + slow
    from.lastArrivalMs = Math.max(from.lastArrivalMs + 0.001, at)
    const land = () => arrive(from, message)
    timeline.after(from.lastArrivalMs - timeline.nowMs(), () => {
      if (straggles && from === agent) stragglers.push({ connection: number, arrive: land })
      else land()
    })
  }
  const linkOf = (side: Side): Link => ({
    send(message) {
      if (!side.isOpen || !side.process.isAlive()) return
      watch.sent(number, side.end, message)
      side.leaving += 1
      const leave = (copy: Uint8Array) => {
        side.leaving -= 1
        if (side.isOpen) transmit(side, copy)
        wake(side)
      }
      if (side.leaving === 1 && rng.chance(0.5)) leave(message.slice())
      else leaveLater(side, () => leave(message.slice()))
    },
    ready: (count) =>
      new Promise((resolve) => {
        side.waiting.push({ count, resolve })
        wake(side)
      }),
    close() {
      if (!side.isOpen) return
      side.isOpen = false
      wake(side)
      side.handlers?.closed(why())
      const isHeard = !side.isMute
      close(other(side), isHeard ? faults.latencyMs() : KEEPALIVE_MS)
    },
  })
  const turns = new Map<Side, number>()
  /** Buffers leave in order, each a little later than it was handed over. */
  const leaveLater = (side: Side, leave: () => void) => {
    const at = Math.max(
      (turns.get(side) ?? 0) + 0.001,
      timeline.nowMs() + rng.between(0, BUFFER_LEAVES_WITHIN_MS),
    )
    turns.set(side, at)
    timeline.after(at - timeline.nowMs(), () => side.process.isAlive() && leave())
  }
  return { receiver, linkOf, close, breakOff, other }
}

/** Ends what a process held when it ended: at once where its machine lives, else much later. */
function onEnd(
  options: NetworkOptions,
  side: Side,
  peer: Side,
  close: (s: Side, ms: number) => void,
) {
  side.process.atEnd(() => {
    side.isOpen = false
    side.isMute = true
    close(peer, options.rng.pick([1, 20, 500, KEEPALIVE_MS]))
  })
}

export interface Network {
  transportFor(process: Process): Transport
}

export function createNetwork(options: NetworkOptions): Network {
  const { timeline, faults, listener, rng, trace } = options
  let connections = 0
  const stragglers: Straggler[] = []
  const open = (process: Process, handlers: LinkHandlers): Link => {
    connections += 1
    const number = connections
    const agent = newSide('agent', process)
    agent.handlers = handlers
    const { receiver, linkOf, close } = connect({ ...options, stragglers }, number, agent)
    onEnd(options, agent, receiver, close)
    trace(`connection ${number} begins`)
    const accept = () => {
      const target = listener()
      if (faults.isDown()) {
        agent.isMute = true
        if (rng.chance(0.5)) close(agent, 5_000)
        return
      }
      if (target === undefined || !agent.isOpen) return close(agent, faults.latencyMs())
      receiver.process = target.process
      onEnd(options, receiver, agent, close)
      receiver.handlers = target.serve(linkOf(receiver))
    }
    agent.lastArrivalMs = timeline.nowMs() + faults.latencyMs()
    timeline.after(agent.lastArrivalMs - timeline.nowMs(), () => accept())
    return linkOf(agent)
  }
  return {
    transportFor: (process) => ({
      connect(handlers) {
        process.check()
        return open(process, handlers)
      },
      close: async () => {},
    }),
  }
}
