/** The words of a plan: what an installation consists of. */

export const INIT_KINDS = ['systemd', 'sysv', 'openrc', 'procd'] as const
export type InitKind = (typeof INIT_KINDS)[number]
export type ServiceName = 'ferry-agent' | 'ferry-receiver'

/** What is to be so; carried out only where it is not. Paths are absolute, modes octal. */
export type Step =
  | { readonly do: 'user'; readonly name: string; readonly home: string }
  /** `isOurs`: owner and mode are set where it exists too, with all that it holds. */
  | {
      readonly do: 'directory'
      readonly path: string
      readonly owner: string
      readonly mode: number
      readonly isOurs: boolean
    }
  | { readonly do: 'executable'; readonly from: string; readonly path: string }
  | { readonly do: 'file'; readonly path: string; readonly text: string; readonly mode: number }
  | {
      readonly do: 'access'
      readonly path: string
      readonly owner: string
      readonly mode: number
    }
  | { readonly do: 'link'; readonly path: string; readonly to: string }
  /** Debian's rc starts what its own list names, and passes over links that stand there alone. */
  | { readonly do: 'boot order' | 'no boot order'; readonly name: ServiceName }
  /** `isAll`: a directory's files too, never its directories: data may lie in those. */
  | { readonly do: 'remove'; readonly path: string; readonly isAll: boolean }
  /** Running, from the executable that `program` is now; `isStale`: it has not read what is new. */
  | {
      readonly do: 'service'
      readonly init: InitKind
      readonly name: ServiceName
      readonly program: string
      readonly isStale: boolean
    }
  | { readonly do: 'no service'; readonly init: InitKind; readonly name: ServiceName }
  | { readonly do: 'say'; readonly text: string }
