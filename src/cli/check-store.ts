/** What `ferry check` looks at where the destination is a directory of this machine. */
import * as fs from 'node:fs'
import { type BytePath, display, toBytes, toText } from '../byte-path.ts'
import type { FerryConfig } from '../config/config.ts'
import { ConfigError } from '../errors.ts'
import { MARKER_FILE } from '../receive/directory/directory-store.ts'
import { createSystemClock } from '../system/clock.ts'
import { VOLATILE_TYPES } from '../system/files.ts'
import { createLogger } from '../system/logger.ts'
import { createPosixFiles } from '../system/posix-files.ts'
import { type Finding, fail, hasFailed, ok } from './check-finding.ts'
import { codeOf, probeDisk } from './check-probes.ts'
import { diskFindings } from './check-rules.ts'
import type { Eyes } from './check-user.ts'
import { openDestination } from './open-destination.ts'

const { R_OK, W_OK, X_OK } = fs.constants

/** '' where it may be done, else the system's code. */
const refusal = (path: Buffer, mode: number) => codeOf(() => fs.accessSync(path, mode))

/** Why nothing could be stored there; nothing is opened or locked. */
function lookAt(path: BytePath, user: string): Finding {
  const shown = display(path)
  const make = `ferry receive --init '${shown}' makes a store`
  const code = refusal(toBytes(path), R_OK | W_OK | X_OK)
  if (code === 'ENOENT')
    return fail('store', `${shown} does not exist`, `mount its disk; or ${make}`)
  if (code === 'EROFS')
    return fail('store', `${shown} is mounted read-only`, 'mount it for writing')
  if (code !== '') {
    return fail('store', `${shown} cannot be used by ${user} (${code})`, `give it to ${user}`)
  }
  const marker = refusal(toBytes(`${path}/${MARKER_FILE}` as BytePath), R_OK | W_OK)
  if (marker === 'ENOENT') {
    return fail(
      'store',
      `${shown} is no store: it has no ${MARKER_FILE}`,
      `mount its disk; or ${make}`,
    )
  }
  if (marker !== '') {
    const says = `${shown}/${MARKER_FILE} cannot be used by ${user} (${marker})`
    return fail('store', says, `give the whole store to ${user}`)
  }
  if (VOLATILE_TYPES.includes(fs.statfsSync(toBytes(path)).type)) {
    return fail('store', `${shown} is in memory and would be lost with the power`, 'name a disk')
  }
  return ok('store', `${shown} takes this board's files`)
}

/** As the agent refuses it at its start: a copy on the same disk is no copy. */
async function sameDisk(config: FerryConfig): Promise<Finding[]> {
  const clock = createSystemClock()
  const log = createLogger({ level: 'error', format: 'text', clock, write: () => {} })
  try {
    await openDestination(config, { files: createPosixFiles(), clock, log }).close()
    return []
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    return error.problems.map(({ key, value, problem, hint }) =>
      fail('config', `${key} (${value}) ${problem}`, hint),
    )
  }
}

export async function storeFindings(config: FerryConfig, eyes: Eyes): Promise<Finding[]> {
  const { url } = config.destination
  if (url.scheme !== 'file') return []
  const { path } = url
  const seen = await eyes.look(async () => lookAt(path, eyes.user?.name ?? 'this user'))
  if (hasFailed([seen])) return [seen]
  const same = await sameDisk(config)
  if (same.length > 0) return same
  const disk = probeDisk('store', toText(path) ?? '/', false)
  const told = disk ? diskFindings(disk).filter(({ state }) => state !== 'ok') : []
  return [seen, ...told]
}
