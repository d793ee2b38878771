/** The agent's loops over a real directory and journal, with a destination that a test makes up. */
import { type AgentOptions, createAgent } from '../../src/agent.ts'
import { fromText } from '../../src/byte-path.ts'
import { openJournal } from '../../src/journal/open-journal.ts'
import { type Clock, createSystemClock } from '../../src/system/clock.ts'
import type { Files } from '../../src/system/files.ts'
import type { Gate } from '../../src/system/gate.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import type { Destination } from '../../src/upload/destination.ts'
import { quietLog, seededRandom } from './quiet.ts'
import { temporaryFolder } from './temporary.ts'

const clock = createSystemClock()

interface Setup {
  readonly upload: Destination['upload']
  readonly isCapture?: boolean
  readonly gate?: Gate
  readonly clock?: Clock
  readonly eviction?: AgentOptions['eviction']
  readonly largeFiles?: number
  readonly uploads?: number
  readonly files?: Files
  /** not: the test has it do something else. */
  readonly runs?: 'not'
}

/** It looks each 20 ms, and deletes what was sent; `stop` ends it. */
export function startLoops(root: string, setup: Setup) {
  const { upload, isCapture = false, clock: own = clock, gate, eviction, largeFiles = 2 } = setup
  const { uploads = 8, files = createPosixFiles() } = setup
  const directory = temporaryFolder('state')
  const journal = openJournal({ directory, clock, log: quietLog })
  const destination: Destination = {
    kind: 'grpc',
    upload,
    state: () => ({ address: '', connected: true, warning: '', sentBytes: 0 }),
    close: async () => {},
  }
  const agent = createAgent(
    {
      ...{ files, clock: own, random: seededRandom(1), log: quietLog },
      ...{ journal, destination },
      ...(gate && { gate }),
    },
    {
      roots: [{ path: fromText(root), include: [], exclude: [], afterUpload: 'delete', isCapture }],
      ...{ intervalMs: 20, quietMs: 0, maxRows: 1e6, deleteWhenUnsure: false, eviction },
      slots: { uploads, bytes: 1 << 25, largeFiles },
    },
  )
  const end = new AbortController()
  const running = setup.runs === 'not' ? undefined : agent.run(end.signal)
  return {
    /** Where the journal lies. */
    directory,
    journal,
    agent,
    async stop() {
      end.abort(new Error('the test stops it'))
      await running
    },
  }
}

/** Takes everything. */
export const accept: Destination['upload'] = async ({ file }, source) => ({
  ...{ uploadId: '', sha256: '', location: '', sizeBytes: file.sizeBytes },
  digest: await source.complete(),
})
