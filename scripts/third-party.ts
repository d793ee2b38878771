/** Says what an executable is made of: `sbom` as CycloneDX, `notices` as the licences to pass on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { VERSION } from '../src/version.ts'

interface Locked {
  readonly version: string
  readonly license?: string
  readonly integrity?: string
}

interface Part extends Locked {
  readonly name: string
}

const USAGE = 'third-party.ts sbom|notices TARGET INPUTS.json'
const LICENCE_FILE = /^(licen[cs]e|copying|notice|copyrightnotice)/i
const RUNTIME_NOTICE = 'packaging/runtime-notice.md'
const locked = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages as Record<
  string,
  Locked
>

function part(name: string): Part {
  const entry = locked[`node_modules/${name}`]
  if (entry?.license === undefined || entry.integrity === undefined)
    throw new Error(`package-lock.json does not say licence and checksum of ${name}`)
  return { name, ...entry }
}

/** What the compiler read, by its own record: not what is merely installed. */
function bundled(inputsFile: string): Part[] {
  const { inputs } = JSON.parse(readFileSync(inputsFile, 'utf8')) as { inputs: object }
  const names = Object.keys(inputs).flatMap(
    (file) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? [],
  )
  if (names.length === 0) throw new Error(`${inputsFile} names no package`)
  return [...new Set(names)].sort().map(part)
}

/** The package with the runtime that the program was appended to. */
const runtime = (target: string): Part =>
  part(`@oven/bun-linux-${target.replace('arm64', 'aarch64')}`)

const purl = ({ name, version }: Part) => `pkg:npm/${name.replace('@', '%40')}@${version}`

/** The lock file has checksums as `sha512-` and base64, CycloneDX as hexadecimal digits. */
function component(one: Part, type: 'library' | 'platform'): object {
  const digest = Buffer.from((one.integrity ?? '').replace(/^sha512-/, ''), 'base64')
  return {
    type,
    'bom-ref': purl(one),
    name: one.name,
    version: one.version,
    hashes: [{ alg: 'SHA-512', content: digest.toString('hex') }],
    licenses: [{ expression: one.license }],
    purl: purl(one),
  }
}

/** Without a serial number, and dated like the source, so that the same source gives the same bytes. */
function sbom(target: string, parts: readonly Part[]): string {
  const seconds = Number(process.env['SOURCE_DATE_EPOCH'])
  if (!(seconds > 0)) throw new Error('SOURCE_DATE_EPOCH is not set')
  const base = runtime(target)
  const self = `pkg:generic/ferry@${VERSION}?arch=${target}`
  const document = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    version: 1,
    metadata: {
      timestamp: new Date(seconds * 1000).toISOString(),
      component: {
        type: 'application',
        'bom-ref': self,
        name: `ferry-linux-${target}`,
        version: VERSION,
        licenses: [{ expression: 'Apache-2.0' }],
        purl: self,
      },
    },
    components: [component(base, 'platform'), ...parts.map((one) => component(one, 'library'))],
    dependencies: [{ ref: self, dependsOn: [base, ...parts].map(purl) }],
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

function licenceTexts({ name }: Part): string {
  const folder = `node_modules/${name}`
  const files = existsSync(folder)
    ? readdirSync(folder).filter((file) => LICENCE_FILE.test(file))
    : []
  if (files.length === 0) throw new Error(`${name} comes without the text of its licence`)
  return files
    .sort()
    .map((file) => readFileSync(`${folder}/${file}`, 'utf8').replaceAll('\r', '').trim())
    .join('\n\n')
}

function notices(target: string, parts: readonly Part[]): string {
  const rule = '='.repeat(80)
  const sections = parts.map(
    (one) =>
      `${rule}\n${one.name} ${one.version} (${one.license})\n${rule}\n\n${licenceTexts(one)}\n`,
  )
  const { version } = runtime(target)
  const opening = `Ferry ${VERSION} is licensed under Apache-2.0. Its executable contains the following.\n`
  const base = readFileSync(RUNTIME_NOTICE, 'utf8').replaceAll('@VERSION@', version)
  return [opening, base, ...sections].join('\n')
}

const [kind, target = '', inputs = ''] = process.argv.slice(2)
const make = { sbom, notices }[kind ?? '']
if (make === undefined || inputs === '') throw new Error(USAGE)
process.stdout.write(make(target, bundled(inputs)))
