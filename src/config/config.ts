/** What the operator said, checked and complete: the shape that the agent is built from. */
import type { BytePath } from '../byte-path.ts'
import type { LogLevel } from '../system/logger.ts'

/** A directory to send from. */
export interface RootConfig {
  readonly path: BytePath
  readonly include: readonly string[]
  readonly exclude: readonly string[]
  readonly afterUpload: 'delete' | 'keep'
  readonly isCapture: boolean
}

export type DestinationUrl =
  | { readonly scheme: 'grpc' | 'grpcs'; readonly host: string; readonly port: number }
  | { readonly scheme: 'file'; readonly path: BytePath }

export interface FerryConfig {
  readonly device: string
  readonly destination: {
    readonly url: DestinationUrl
    readonly keyFile: string | undefined
    readonly caFile: string | undefined
  }
  readonly roots: readonly RootConfig[]
  readonly intervalMs: number
  /** Why nothing is looked for and sent; '' when it is. */
  readonly pausedBecause: string
  readonly quietMs: number
  readonly largeFiles: number
  readonly tags: readonly string[]
  /** undefined: no limit. */
  readonly bytesPerSecond: number | undefined
  readonly stateDir: string
  readonly deleteWhenUnsure: boolean
  readonly filesInFlight: number
  readonly bytesInFlight: number
  readonly journalFiles: number
  readonly silenceMs: number
  readonly logLevel: LogLevel
  readonly logFormat: 'auto' | 'text' | 'json'
  /** Settings that were given and have no effect here, because they configure capture. */
  readonly captureSettings: readonly string[]
  /** Settings that were given and would delete unsent files, which is not done. */
  readonly evictionSettings: readonly string[]
}

/** What the machine contributes to defaults. */
export interface Machine {
  readonly hostName: string
  readonly cpus: number
  readonly isRoot: boolean
  /** Absolute. */
  readonly home: string
  /** `$VIAM_HOME`; '' when it is not set. */
  readonly viamHome: string
  readonly exists: (path: string) => boolean
}
