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

/** How to log in where Viam's protocol is spoken: what `proto.rpc.v1.AuthService` is told. Secret. */
export interface Login {
  readonly type: 'api-key' | 'robot-secret'
  /** The key's id, or the machine part's. */
  readonly entity: string
  readonly payload: string
}

/** Who is asked before a scheduled look; anything but a boolean `should_sync` of true means no. */
export type SelectiveSync =
  | { readonly kind: 'file'; readonly path: string }
  /** Program and arguments; no shell. */
  | { readonly kind: 'command'; readonly command: readonly string[] }
  | { readonly kind: 'http'; readonly url: string }

/** Which unsent capture files may go when the disk is full. Fractions of the volume, 0 to 1. */
export interface Eviction {
  readonly everyNth: number
  readonly diskUsage: number
  readonly captureShare: number
}

export interface FerryConfig {
  readonly device: string
  readonly destination: {
    readonly url: DestinationUrl
    readonly keyFile: string | undefined
    readonly caFile: string | undefined
    /** auto: ferry, unless the destination turns out to speak Viam's protocol only. */
    readonly protocol: 'auto' | 'ferry' | 'viam'
    /** undefined: the key in `keyFile` serves, as `api-key`. */
    readonly login: Login | undefined
  }
  /** Viam's name of the machine part; '' where there is none: the device's name serves. */
  readonly partId: string
  /** undefined: no such gate. */
  readonly selectiveSync: SelectiveSync | undefined
  /** undefined: nothing unsent is ever deleted. */
  readonly eviction: Eviction | undefined
  readonly roots: readonly RootConfig[]
  readonly intervalMs: number
  /** True stops the schedule; what is asked for by hand is sent all the same. */
  readonly syncDisabled: boolean
  /** Viam's sensor that would decide; '' where none is named. Without `selectiveSync` it is missing. */
  readonly selectiveSyncerName: string
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
  /** Attributes of Viam's data manager that mean nothing on a board. */
  readonly ignoredSettings: readonly string[]
  /** The file with viam-server's services that was read; undefined where none was. */
  readonly viamFile: string | undefined
  /** The file that `destination.login` came from. */
  readonly secretFile: string | undefined
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
  /** The file that viam-server starts from: `/etc/viam.json`. */
  readonly viamFile: string
  readonly exists: (path: string) => boolean
  /** The text of a file; fails with the system's error. */
  readonly read: (path: string) => string
}
