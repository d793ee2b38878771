/** The files that the configuration names, as the user of the agent sees them. */
import * as fs from 'node:fs'
import type { FerryConfig } from '../config/config.ts'
import { type ConfigProblem, errorCode, errorMessage } from '../errors.ts'
import { type Finding, fail, warn } from './check-finding.ts'
import type { Eyes } from './check-user.ts'
import { destinationProblems, OPEN_TO_OTHERS } from './open-destination.ts'

const KEY = 'destination.key_file'

/** A folder above that is closed hides even whether the files are there. */
function problemsNow(config: FerryConfig): readonly ConfigProblem[] {
  try {
    return destinationProblems(config)
  } catch (error) {
    const value = config.destination.keyFile ?? ''
    const problem = `cannot be looked at: ${errorMessage(error)}`
    return [{ key: KEY, value, problem, hint: 'ferry check as root looks further' }]
  }
}

/** What is closed is not missing. */
const toFinding =
  ({ user }: Eyes) =>
  (one: ConfigProblem): Finding => {
    const { key, value, problem } = one
    const isClosed = user !== undefined && /\b(EACCES|EPERM)\b/.test(problem)
    const hint = isClosed ? `chown ${user.name} ${value}` : one.hint
    return fail('config', `${key} (${value}) ${problem}`, hint)
  }

/** The configuration itself, then the destination's files; the key is root's where it is handed over. */
export async function fileFindings(path: string, config: FerryConfig, eyes: Eyes) {
  const seen = await eyes.look(async () => [...unreadable(path), ...problemsNow(config)])
  const problems = eyes.user?.isKeyHandedOver
    ? [...seen.filter(({ key }) => key !== KEY), ...problemsNow(config).filter(isAboutKey)]
    : seen
  return [...problems.map(toFinding(eyes)), ...secretFindings(config)]
}

const isAboutKey = ({ key }: ConfigProblem) => key === KEY

function unreadable(path: string): ConfigProblem[] {
  try {
    fs.accessSync(path, fs.constants.R_OK)
    return []
  } catch (error) {
    const problem = `cannot be read (${errorCode(error)})`
    return [{ key: '--config', value: path, problem, hint: 'check its mode' }]
  }
}

function secretFindings({ secretFile }: FerryConfig): Finding[] {
  if (secretFile === undefined) return []
  try {
    const mode = fs.statSync(secretFile, { throwIfNoEntry: false })?.mode ?? 0
    if ((mode & OPEN_TO_OTHERS) === 0) return []
    const says = `${secretFile} holds a secret and can be read by others`
    return [warn('secret', says, 'chmod 600')]
  } catch {
    return []
  }
}
