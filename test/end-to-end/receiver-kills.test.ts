/** kill -9 of the receiver while readings come in by both protocols and are merged: each row once. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as grpc from '@grpc/grpc-js'
import { countRows } from '../fakes/duck.ts'
import {
  addKey,
  configure,
  eventually,
  makeSite,
  type Receiver,
  runAgent,
  type Site,
  startReceiver,
} from '../fakes/ferry.ts'
import { seededRandom } from '../fakes/quiet.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { stored, viamClient } from '../fakes/viam.ts'
import {
  captureFile,
  number,
  PATHS,
  TABULAR_METADATA,
  TEN,
  tabularRequest,
  time,
} from '../fakes/viam-messages.ts'

const KILLS = Number(process.env['FERRY_RECEIVER_KILLS'] ?? 12)
const READINGS = 5
const WORKERS = 4
/** Seconds between rows: dates pass while the test runs, and merging finds some that are quiet. */
const DAY_SHARE_S = 100
/** Rows of capture files begin here. */
const CAPTURED = 1_000_000

/** Sends requests, each until it is answered with OK. Rows are numbered from 0. */
function sendByViam(site: Site, key: string, port: number) {
  let isStopped = false
  let requests = 0
  let repeated = 0
  const ca = fs.readFileSync(`${site.store}/.ferry/ca.pem`)
  const work = async () => {
    const credentials = grpc.credentials.createSsl(ca)
    let client = viamClient(`localhost:${port}`, key, credentials)
    while (!isStopped) {
      const first = requests * READINGS
      requests += 1
      const values = Array.from({ length: READINGS }, (_, index) => first + index)
      for (;;) {
        const { status } = await client.unary(
          PATHS.capture,
          tabularRequest(values, TEN + first * DAY_SHARE_S),
        )
        if (status === 'OK') break
        repeated += 1
        client.close()
        await Bun.sleep(20)
        client = viamClient(`localhost:${port}`, key, credentials)
      }
      await Bun.sleep(5)
    }
    client.close()
  }
  const working = Promise.all(Array.from({ length: WORKERS }, work))
  return {
    async stop() {
      isStopped = true
      await working
      return { rows: requests * READINGS, repeated }
    },
  }
}

/** Capture files appear on the board, each whole at once. */
function writeCaptures(site: Site) {
  let files = 0
  const write = () => {
    const first = CAPTURED + files * READINGS
    const records = Array.from({ length: READINGS }, (_, index) => ({
      metadata: { timeRequested: time(TEN + files * READINGS * DAY_SHARE_S) },
      struct: number(first + index),
    }))
    const path = `${site.board}/c${files}.capture`
    fs.writeFileSync(`${site.folder}/next`, captureFile(TABULAR_METADATA, records))
    fs.renameSync(`${site.folder}/next`, path)
    files += 1
  }
  const timer = setInterval(write, 30)
  return {
    stop() {
      clearInterval(timer)
      return files * READINGS
    },
  }
}

async function restart(site: Site, port: number): Promise<Receiver> {
  const args = ['--listen', `127.0.0.1:${port}`, '--merge-every', '1s']
  const started = await eventually(
    () => startReceiver(site.store, args).catch(() => undefined),
    (one) => one !== undefined,
  )
  if (started === undefined) throw new Error('the receiver did not start')
  return started
}

test(`killed ${KILLS} times while readings come in by both protocols, each row is there once`, async () => {
  const seed = Number(process.env['FERRY_SEED'] ?? Date.now() % 1e9)
  const random = seededRandom(seed)
  const site = await makeSite(temporaryFolder('receiver-kills'))
  const key = await addKey(site)
  let receiver = await startReceiver(site.store, ['--merge-every', '1s'])
  const { port } = receiver
  configure(site, port, { file_last_modified_millis: 50, sync_interval_mins: 0.0005 })
  runAgent(site)
  const writing = writeCaptures(site)
  const sending = sendByViam(site, key, port)
  for (let kill = 0; kill < KILLS; kill++) {
    await Bun.sleep(200 + random.fraction() * (kill % 5 === 4 ? 1500 : 500))
    await receiver.stop('SIGKILL')
    receiver = await restart(site, port)
  }
  const captured = writing.stop()
  const { rows, repeated } = await sending.stop()
  await eventually(
    () => fs.readdirSync(site.board).filter((name) => name.endsWith('.capture')),
    (left) => left.length === 0,
    60_000,
  )
  // A merge while DuckDB reads takes away files that it has listed.
  await receiver.stop('SIGTERM')
  const found = await countRows(site.store)
  const files = [...stored(site.store, site.device).keys()]
  const merged = files.filter((name) => name.includes('/merged-')).length
  console.log(
    `TABLE seed ${seed}; ${KILLS} kills of the receiver: ${rows} rows by Viam's protocol ` +
      `(${repeated} calls repeated), ${captured} from capture files, ${merged} merged files`,
  )
  expect(repeated).toBeGreaterThan(0)
  expect(merged).toBeGreaterThan(0)
  expect(found).toEqual({ rows: rows + captured, distinct: rows + captured })
  expect(files.filter((name) => !name.startsWith('tabular/'))).toEqual([])
}, 600_000)
