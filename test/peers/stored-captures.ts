/** What a store has of a robot, told like what was captured. */
import { query, rowsGlob } from '../fakes/duck.ts'
import type { Site } from '../fakes/ferry.ts'
import { stored } from '../fakes/viam.ts'
import type { Captured } from './witness.ts'

/** A payload counts where its bytes are what the sidecar says. */
export async function storedCaptures({ store, device }: Site): Promise<Captured> {
  const rows = await query(
    `select time_requested from read_ndjson(${rowsGlob(store)},
     columns = {time_requested: 'varchar'})`,
  )
  const all = stored(store, device)
  const sidecars = [...all].filter(([name]) => /^binary\/.*\.json$/.test(name))
  const payloads = sidecars.flatMap(([name, bytes]) => {
    const { time_requested: time, sha256 } = JSON.parse(bytes.toString())
    const payload = all.get(name.replace(/\.json$/, '')) ?? Buffer.alloc(0)
    const isWhole = new Bun.CryptoHasher('sha256').update(payload).digest('hex') === sha256
    return isWhole ? [`${time} ${sha256}`] : []
  })
  return { readings: rows.map((row) => String(row['time_requested'])), payloads }
}

const without = (all: readonly string[], these: readonly string[]) => {
  const set = new Set(these)
  return all.filter((one) => !set.has(one))
}
const twice = (all: readonly string[]) => all.filter((one, index) => all.indexOf(one) !== index)

/** What of `captured` is not in `found`. A file that came and went between two looks is in `found` alone. */
export const lost = (captured: Captured, found: Captured): Captured => ({
  readings: without(captured.readings, found.readings),
  payloads: without(captured.payloads, found.payloads),
})

/** Each reading and payload has a time of its own. */
export const repeated = ({ readings, payloads }: Captured): Captured => ({
  readings: twice(readings),
  payloads: twice(payloads),
})
