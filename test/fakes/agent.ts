/** The agent as `ferry run` builds it, in the test's process, and capture files for it. */
import * as fs from 'node:fs'
import { loadConfig } from '../../src/cli/machine.ts'
import { build, type Running } from '../../src/cli/session.ts'
import type { Journal } from '../../src/journal/journal.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { createOrphans } from '../../src/scan/orphans.ts'
import type { HandedOver } from '../../src/schedule/manual-sync.ts'
import { createClaims } from '../../src/system/claims.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createServiceNotes } from '../../src/system/notify.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createSystemRandom } from '../../src/system/random.ts'
import { cameraMetadata, captureFile, sensorMetadata, toStruct } from './capture-file.ts'
import { eventually, readTree, type Site } from './ferry.ts'
import { quietLog } from './quiet.ts'

export interface StartedAgent extends Running {
  /** What the operator and others say, for the gate; change it and refresh. */
  readonly facts: { isPaused: boolean; otherSyncer: string }
  refresh(): Promise<string> | string
  sync(): Promise<HandedOver>
  stop(): Promise<void>
}

const clock = createSystemClock()
const journals = new Map<string, Journal>()

/** One for each state directory, for as long as the process: it locks it. */
function journalIn(directory: string): Journal {
  const journal = journals.get(directory) ?? openJournal({ directory, clock, log: quietLog })
  journals.set(directory, journal)
  return journal
}

/** With the site's configuration as it is now. */
export function startAgent(site: Site): StartedAgent {
  const config = loadConfig(site.config)
  const journal = journalIn(config.stateDir)
  const facts = { isPaused: false, otherSyncer: '' }
  const running = build(config, {
    ...{ path: site.config, clock, journal, log: quietLog },
    files: createPosixFiles(),
    random: createSystemRandom(),
    ...{ orphans: createOrphans(), claims: createClaims(quietLog) },
    sweep: () => {},
    isPaused: () => facts.isPaused,
    otherSyncer: () => facts.otherSyncer,
    findOthers: () => {},
    notes: createServiceNotes({}),
    show: () => {},
  })
  const end = new AbortController()
  const run = running.agent.run(end.signal)
  return {
    ...running,
    facts,
    refresh: () => running.gate.refresh(end.signal),
    sync: () => running.agent.sync(end.signal),
    async stop() {
      end.abort(new Error('the test stops it'))
      await run
      await running.destination.close()
    },
  }
}

/** Whole capture files as viam-server leaves them, each below `root`; gives their paths. */
export function writeCaptures(root: string, kind: 'tabular' | 'binary', count: number): string[] {
  const folder = `${root}/rdk_component_sensor/s1/Readings`
  fs.mkdirSync(folder, { recursive: true })
  return Array.from({ length: count }, (_, index) => {
    const isBinary = kind === 'binary'
    const time = { seconds: 1_700_000_000 + index, nanos: 0 }
    const data = isBinary
      ? { binary: Buffer.from(`image ${index}`) }
      : { struct: toStruct({ reading: index }) }
    const file = captureFile(isBinary ? cameraMetadata() : sensorMetadata(), [
      { metadata: { timeRequested: time, timeReceived: time }, ...data },
    ])
    const path = `${folder}/2026-08-22T10_00_0${index}.000000+02_00.capture`
    fs.writeFileSync(path, file)
    return path
  })
}

/** What each of the first captures holds, by its number, in the words of `storedCaptures`. */
export const contentsOf = (kind: 'tabular' | 'binary', paths: readonly string[]): string[] =>
  paths.map((_, index) => `${kind === 'binary' ? 'image' : 'reading'} ${index}`)

/** The readings and payloads in the store, sorted; one that stands twice is there twice. */
export function storedCaptures({ store, device }: Site): string[] {
  const rows = [...readTree(`${store}/${device}/tabular`).values()].flatMap((bytes) =>
    bytes.toString().trim().split('\n'),
  )
  const readings = rows.map((row) => `reading ${JSON.parse(row).data.reading}`)
  const payloads = [...readTree(`${store}/${device}/binary`)]
    .filter(([name]) => !name.endsWith('.json'))
    .map(([, bytes]) => bytes.toString())
  return [...readings, ...payloads].sort()
}

/** Regular files below a folder. */
export const filesIn = (folder: string): string[] =>
  (fs.readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => fs.statSync(`${folder}/${name}`).isFile())
    .sort()

export const gone = (folder: string, withinMs = 10_000) =>
  eventually(
    () => filesIn(folder),
    (names) => names.length === 0,
    withinMs,
  )
