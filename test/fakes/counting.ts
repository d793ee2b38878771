/** Counts what is done with files, and what bytes are copied in memory. */
import type { Files } from '../../src/system/files.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'

/** The real files, each call counted by its name. */
export function countingFiles() {
  const calls: Record<string, number> = {}
  const counted = Object.entries(createPosixFiles()).map(([name, call]) => [
    name,
    (...args: unknown[]) => {
      calls[name] = (calls[name] ?? 0) + 1
      return (call as (...all: unknown[]) => unknown)(...args)
    },
  ])
  return { calls, files: Object.fromEntries(counted) as Files }
}

type Call = (this: unknown, ...args: unknown[]) => unknown

const bytesOf = (value: unknown) => (ArrayBuffer.isView(value) ? value.byteLength : 0)
const TypedArray = Object.getPrototypeOf(Uint8Array)

type Counted = (args: unknown[], result: unknown) => number
type Rule = readonly [owner: object, name: string, copied: Counted, allocated: Counted]

const none: Counted = () => 0
const ofResult: Counted = (_, result) =>
  result instanceof ArrayBuffer ? result.byteLength : bytesOf(result)
const ofSource: Counted = ([source], result) => (bytesOf(source) > 0 ? bytesOf(result) : 0)
const between: Counted = ([, from, to], all) => Number(to ?? bytesOf(all)) - Number(from ?? 0)

/** Who copies bytes, who allocates them, and how many a call did. */
const RULES: readonly Rule[] = [
  [TypedArray.prototype, 'set', ([source]) => bytesOf(source), none],
  [TypedArray.prototype, 'slice', ofResult, ofResult],
  [TypedArray.prototype, 'copyWithin', between, none],
  [TypedArray, 'from', ofResult, ofResult],
  [Buffer.prototype, 'copy', (_, result) => Number(result), none],
  [Buffer, 'concat', ofResult, ofResult],
  [Buffer, 'from', ofSource, ofSource],
  [Buffer, 'alloc', none, ofResult],
  [Buffer, 'allocUnsafe', none, ofResult],
  [Buffer, 'allocUnsafeSlow', none, ofResult],
  [ArrayBuffer.prototype, 'slice', ofResult, ofResult],
]

interface Memory {
  copied: number
  allocated: number
}

/** Counts the calls of one function; gives what undoes it. */
function watch([owner, name, copied, allocated]: Rule, memory: Memory): () => void {
  const before = Object.getOwnPropertyDescriptor(owner, name)
  const call = (owner as Record<string, Call>)[name] as Call
  const counting: Call = function (...args) {
    const result = call.apply(this, args)
    memory.copied += copied(args, result)
    memory.allocated += allocated(args, result)
    return result
  }
  Object.defineProperty(owner, name, { ...before, value: counting, configurable: true })
  return () => {
    if (before) Object.defineProperty(owner, name, before)
    else delete (owner as Record<string, Call>)[name]
  }
}

/**
 * Bytes of buffers that JavaScript copies and allocates until `stop`: ours, libraries', and the
 * part of the runtime that is JavaScript. What its native part does is not seen.
 */
export function countMemory(): { stop: () => Memory } {
  const memory: Memory = { copied: 0, allocated: 0 }
  const undo = RULES.map((rule) => watch(rule, memory))
  const Plain = globalThis.Uint8Array
  const Counting: typeof Plain = new Proxy(Plain, {
    construct(target, args, made) {
      memory.copied += bytesOf(args[0])
      memory.allocated += typeof args[0] === 'number' ? args[0] : bytesOf(args[0])
      return Reflect.construct(target, args, made === Counting ? target : made)
    },
  })
  globalThis.Uint8Array = Counting
  return {
    stop() {
      globalThis.Uint8Array = Plain
      for (const one of undo) one()
      return memory
    },
  }
}
