/** Faults at a receiver, by point and kind, and how a protocol's messages are read for them. */
import * as grpc from '@grpc/grpc-js'

/** Where in an upload. query: a question about one that is partly there. */
export type Point = 'open' | 'data' | 'final' | 'finish' | 'query'

export const STATUSES = {
  unavailable: grpc.status.UNAVAILABLE,
  internal: grpc.status.INTERNAL,
  deadline: grpc.status.DEADLINE_EXCEEDED,
  exhausted: grpc.status.RESOURCE_EXHAUSTED,
} as const
export type Status = keyof typeof STATUSES

/** What any call may meet. stall: silence from then on. lost: done, but the answer never comes. */
export const ANY_CALL = ['reset', 'stall', 'lost', ...(Object.keys(STATUSES) as Status[])] as const
/** What only offsets and receipts make possible. */
export const OF_OFFSETS = ['wrong-offset', 'going-back', 'stale-complete'] as const
export type Kind = (typeof ANY_CALL)[number] | (typeof OF_OFFSETS)[number]

export interface Fault {
  readonly point: Point
  readonly kind: Kind
  /** Which of a protocol's calls; '' where there is one. */
  readonly rpc: string
}

/** A message, or a part of one that is a message too. */
export interface Piece {
  readonly bytes: Buffer
  readonly points: readonly Point[]
}

/** What goes on instead of a piece, and what the agent is told at once. */
export interface Altered {
  readonly up: Buffer
  readonly down?: Buffer
}

/** What a protocol says of the messages of one call. */
export interface Reading {
  readonly rpc: string
  /** From the agent, in order. */
  split(message: Buffer): Piece[]
  /** What the agent's end of the stream is. */
  readonly end: readonly Point[]
  /** True when the receiver's message answers what was sent at this point. */
  answers(message: Buffer, point: Point): boolean
  /** The piece as this fault has it; undefined: as it is, the receiver's answer is what is wrong. */
  alterUp(piece: Piece, fault: Fault): Altered | undefined
  /** The receiver's message as this fault has it; undefined: it is about something else. */
  alterDown(message: Buffer, fault: Fault): Buffer | undefined
}

/** One for each call; what it remembers of uploads is its maker's. */
export type Read = (path: string) => Reading
