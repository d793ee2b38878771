/** What a setting is: one entry of the tables. */

/** How a value is written and checked. */
export type SettingKind =
  | 'text'
  | 'path'
  | 'texts'
  | 'roots'
  | 'boolean'
  | 'number'
  | 'integer'
  | 'size'
  | 'rate'
  | 'time'
  | 'choice'
  | 'object'
  | 'selective'

export interface Setting {
  readonly key: string
  readonly kind: SettingKind
  /** As it would be written; undefined: there is none, and `defaultText` says what happens. */
  readonly default?: unknown
  readonly defaultText?: string
  readonly choices?: readonly string[]
  /** Viam's data manager has it, under this name and with this meaning. */
  readonly fromViam?: true
  /** Configures capture, which another program does: accepted, named in the log, without effect. */
  readonly capture?: true
  readonly about: string
  /** For the example file. */
  readonly example?: unknown
}
