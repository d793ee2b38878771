/** Keeps every capture file that a robot ever had, though the robot deletes what it has sent. */
import * as fs from 'node:fs'
import { readCapture } from '../../src/capture/read-capture.ts'
import { timeText } from '../../src/receive/captured/json.ts'
import { sha256Hex } from '../../src/system/digest.ts'
import { viam } from '../../src/wire/viam.js'

const LOOK_MS = 20

export interface Captured {
  /** When each reading was asked for, in the order of the files. */
  readonly readings: string[]
  /** Time and SHA-256 of each payload. */
  readonly payloads: string[]
}

export interface Witness {
  /** Looks a last time. */
  stop(): Promise<Captured>
}

const { SensorMetadata } = viam.app.datasync.v1

async function readOne(path: string, { readings, payloads }: Captured): Promise<void> {
  const content = fs.readFileSync(path)
  if (content.length === 0) return
  const file = await readCapture(async (at, into) => content.copy(into, 0, at), content.length)
  for await (const { kind, metadata, data } of file.read()) {
    const told = SensorMetadata.decode(await file.bytes(metadata))
    const time = timeText(told.timeRequested) ?? 'none'
    if (kind === 'tabular') readings.push(time)
    else payloads.push(`${time} ${sha256Hex(await file.bytes(data))}`)
  }
}

/** `kept` is on the file system of `folder`: links to the same files stand there. */
export function watchCaptures(folder: string, kept: string): Witness {
  fs.mkdirSync(kept, { recursive: true })
  const look = () => {
    for (const name of fs.readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (!/\.(prog|capture)$/.test(name)) continue
      const path = `${folder}/${name}`
      const stat = fs.statSync(path, { throwIfNoEntry: false })
      if (stat === undefined || fs.existsSync(`${kept}/${stat.ino}`)) continue
      try {
        fs.linkSync(path, `${kept}/${stat.ino}`)
      } catch {
        // Renamed meanwhile; the next look finds it under its other name.
      }
    }
  }
  const timer = setInterval(look, LOOK_MS)
  return {
    async stop() {
      clearInterval(timer)
      look()
      const captured: Captured = { readings: [], payloads: [] }
      for (const name of fs.readdirSync(kept)) await readOne(`${kept}/${name}`, captured)
      return captured
    },
  }
}
