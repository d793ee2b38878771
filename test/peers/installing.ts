/** Viam's SDKs, installed once below .tmp and kept there. */
import * as fs from 'node:fs'
import { join } from 'node:path'

const FOLDER = join(import.meta.dir, '../../.tmp')
const PYTHON_PACKAGE = 'viam-sdk==0.85.1'
const NODE_PACKAGES = ['@viamrobotics/sdk@0.61.1', '@connectrpc/connect-node@1.7.0']

/** What runs a program with the SDK, or why there is none. */
export type Installed = { readonly command: string[] } | { readonly why: string }

/** Why it failed; '' when it did not. */
function run(command: readonly string[], cwd = FOLDER): string {
  const [program = ''] = command
  if (Bun.which(program) === null) return `no ${program}`
  const { exitCode, stderr } = Bun.spawnSync([...command], { cwd, stdout: 'ignore' })
  return exitCode === 0 ? '' : `${program}: ${stderr.toString().trim().split('\n').at(-1)}`
}

export function installPythonSdk(program: string): Installed {
  const folder = join(FOLDER, 'python-sdk')
  const python = `${folder}/bin/python`
  fs.mkdirSync(FOLDER, { recursive: true })
  const hasSdk = () => run([python, '-c', 'import viam.app.viam_client']) === ''
  if (fs.existsSync(python) && hasSdk()) return { command: [python, program] }
  const why =
    run(['python3', '-m', 'venv', folder]) ||
    run([python, '-m', 'pip', 'install', '--quiet', PYTHON_PACKAGE])
  return why === '' ? { command: [python, program] } : { why }
}

/** The program is copied to where the packages are: modules are looked for from there. */
export function installTypeScriptSdk(program: string): Installed {
  const folder = join(FOLDER, 'typescript-sdk')
  const isThere = fs.existsSync(`${folder}/node_modules/@viamrobotics/sdk`)
  fs.mkdirSync(folder, { recursive: true })
  fs.writeFileSync(`${folder}/package.json`, '{ "private": true }')
  const why = isThere
    ? ''
    : run(['npm', 'install', '--no-audit', '--no-fund', ...NODE_PACKAGES], folder)
  if (why !== '') return { why }
  fs.copyFileSync(program, `${folder}/program.mjs`)
  return { command: ['node', `${folder}/program.mjs`] }
}
