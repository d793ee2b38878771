/** The direction of dependency, what pure files may import, and what documents may name. */
import { expect, test } from 'bun:test'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

const STAGES = ['config', 'scan', 'capture', 'journal', 'schedule', 'upload', 'reclaim', 'receive']
/** Texts that are carried: the packages install the same files. */
const TEXTS = '../packaging/init/'
const BASE = ['model', 'errors', 'byte-path', 'units', 'version', 'device-name', 'policy']
/** Beyond the base, `system` and itself, which folders a folder may import. */
const MAY: Readonly<Record<string, readonly string[]>> = {
  capture: ['wire'],
  upload: ['schedule', 'wire', 'capture'],
  receive: ['wire', 'capture'],
  bench: ['scan', 'upload', 'journal'],
  agent: [...STAGES.filter((stage) => stage !== 'config' && stage !== 'receive')],
  cli: [...STAGES, 'status', 'bench', 'install', 'wire', 'agent'],
  main: ['cli', 'config'],
}
const EVERYWHERE = ['journal/journal.ts', 'journal/recorder.ts']
/** Files that decide and do no I/O: no runtime modules, nothing of `system` but types. */
const PURE = [
  'bench/figures.ts',
  'bench/table.ts',
  'bench/verdict.ts',
  'config/capture-settings.ts',
  'capture/framing.ts',
  'config/parse.ts',
  'config/roots.ts',
  'config/same.ts',
  'config/source.ts',
  'config/viam.ts',
  'config/settings.ts',
  'config/suggest.ts',
  'install/carry-out.ts',
  'install/drop-in.ts',
  'install/plan.ts',
  'install/steps.ts',
  'journal/transitions.ts',
  'reclaim/eviction.ts',
  'reclaim/reclaim.ts',
  'schedule/backoff.ts',
  'schedule/breaker.ts',
  'schedule/gate.ts',
  'schedule/rate-limit.ts',
  'schedule/slots.ts',
  'schedule/suspects.ts',
  'scan/report.ts',
  'scan/selection.ts',
  'scan/stability.ts',
  'status/forecast.ts',
  'status/render.ts',
  'status/snapshot.ts',
  'status/stale.ts',
  'units.ts',
  'upload/describe.ts',
  'upload/progress.ts',
  'upload/transfer/pace.ts',
]
const IO_FOLDERS = ['system', 'cli', 'main.ts']
const IO_WORDS = /\bDate\.now\(|\bMath\.random\(|\bprocess\.env\b|\bconsole\.|['"]node:fs['"]/

interface Source {
  readonly file: string
  readonly text: string
}

function sources(): Source[] {
  return (readdirSync('src', { recursive: true }) as string[])
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => ({ file, text: readFileSync(join('src', file), 'utf8') }))
}

function importsOf({ file, text }: Source): { target: string; isType: boolean }[] {
  const pattern = /(?:import|export)\s+(type\s)?[^'";]*?from\s+'(\.[^']+)'|import\('(\.[^']+)'\)/g
  return [...text.matchAll(pattern)].map(([, type, path, lazy]) => ({
    target: normalize(join(dirname(file), path ?? lazy ?? '')),
    isType: type !== undefined,
  }))
}

const layerOf = (file: string) => file.split('/')[0]?.replace(/\.ts$/, '') ?? ''

test('folders import only what lies below them', () => {
  const wrong = sources().flatMap((source) =>
    importsOf(source)
      .filter(({ target }) => {
        const [from, to] = [layerOf(source.file), layerOf(target)]
        if (target.startsWith(TEXTS)) return from !== 'install'
        if (from === to || BASE.includes(to) || EVERYWHERE.includes(target)) return false
        if (to === 'system') return BASE.includes(from)
        return !MAY[from]?.includes(to)
      })
      .map(({ target }) => `${source.file} -> ${target}`),
  )
  expect(wrong.filter((line) => !line.startsWith('version.ts'))).toEqual([])
})

test('pure files import no runtime module and nothing of system but types', () => {
  const wrong = sources()
    .filter(({ file }) => PURE.includes(file))
    .flatMap((source) => {
      const runtime = /from '(node|bun):/.test(source.text) ? [`${source.file}: runtime`] : []
      const system = importsOf(source)
        .filter(({ target, isType }) => layerOf(target) === 'system' && !isType)
        .map(({ target }) => target)
        .filter((target) => target !== 'system/beneath.ts')
      return [...runtime, ...system.map((target) => `${source.file} -> ${target}`)]
    })
  expect(wrong).toEqual([])
})

test('the clock, randomness, the environment and the disk are touched where they belong', () => {
  const allowed = ['receive/keys.ts', 'journal/open-journal.ts', 'status/control-socket.ts']
  const wrong = sources()
    .filter(({ file }) => !IO_FOLDERS.includes(file.split('/')[0] ?? ''))
    .filter(({ file }) => !allowed.includes(file) && !file.startsWith('wire/'))
    .filter(({ text }) => IO_WORDS.test(text))
    .map(({ file }) => file)
  expect(wrong).toEqual([])
})

test('what is heavy to load is loaded where it is used: the agent at rest needs none of it', () => {
  const heavy =
    /^import (?!type\b).* from '(node:(net|tls|crypto|http2|stream|zlib|dns\S*)|@grpc\/.*)'$/m
  const wrong = sources().filter(({ text }) => heavy.test(text))
  expect(wrong.map(({ file }) => file)).toEqual([])
})

test('each file opens with a sentence, and only main.ts ends the process by return code', () => {
  const unopened = sources().filter(({ text }) => !text.startsWith('/**'))
  expect(unopened.map(({ file }) => file)).toEqual([])
})

test('documents name files that exist', () => {
  const missing = ['README.md', 'ARCHITECTURE.md', 'DECISIONS.md', 'SECURITY.md'].flatMap(
    (document) => {
      const names = readFileSync(document, 'utf8').matchAll(
        /`((?:src|proto|scripts|bench|test|packaging)\/[\w./-]+)`/g,
      )
      return [...names].map(([, name]) => name ?? '').filter((name) => !existsSync(name))
    },
  )
  expect(missing).toEqual([])
})
