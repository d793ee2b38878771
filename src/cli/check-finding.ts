/** One line of `ferry check`: what was looked at, how it is, and what to do. Pure. */

export interface Finding {
  /** What was looked at: one word or two. */
  readonly check: string
  readonly state: 'ok' | 'warn' | 'fail'
  readonly says: string
  /** What to do; '' where nothing is. */
  readonly hint: string
}

const finding =
  (state: Finding['state']) =>
  (check: string, says: string, hint = ''): Finding => ({
    ...{ check, state, says, hint },
  })
export const ok = finding('ok')
export const warn = finding('warn')
export const fail = finding('fail')

/** Whether anything is to be mended. */
export const hasFailed = (findings: readonly Finding[]) =>
  findings.some(({ state }) => state === 'fail')

/** What has to be mended in the configuration, and not on the machine. */
const CONFIGURATION = ['config', 'viam-server']

/** What the command ends with: the configuration counts first. */
export function exitCodeOf(findings: readonly Finding[]): 0 | 1 | 78 {
  const failed = findings.filter(({ state }) => state === 'fail')
  if (failed.some(({ check }) => CONFIGURATION.includes(check))) return 78
  return failed.length > 0 ? 1 : 0
}

export function renderFindings(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length))
  return findings
    .map(({ check, state, says, hint }) => {
      const line = `${state.padEnd(4)}  ${check.padEnd(width)}  ${says}`
      return hint === '' ? `${line}\n` : `${line}\n${' '.repeat(width + 8)}hint: ${hint}\n`
    })
    .join('')
}
