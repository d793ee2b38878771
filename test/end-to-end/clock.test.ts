/** Clocks that jump by years while the agent runs, and files from the future. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import {
  configure,
  eventually,
  makeSite,
  spawnFerry,
  startReceiver,
  storedFiles,
} from '../fakes/ferry.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const library = ['/usr/lib/x86_64-linux-gnu', '/usr/lib/aarch64-linux-gnu']
  .map((folder) => `${folder}/faketime/libfaketime.so.1`)
  .find((path) => fs.existsSync(path))
if (library === undefined) console.log('SKIPPED clocks that jump: libfaketime is missing')

/** By the clock that both ends see. */
const TIMES = ['2026-06-01', '1970-01-02', '2090-01-01', '2000-01-01']

test.skipIf(library === undefined)(
  'the clock jumps by years, both ways, on both ends: each file arrives within seconds',
  async () => {
    const site = await makeSite(temporaryFolder('jumps'))
    const file = `${site.folder}/time`
    const set = (day: string) => fs.writeFileSync(file, `@${day} 00:00:00`)
    set(TIMES[0] as string)
    const env = {
      LD_PRELOAD: library as string,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      // Files are dated by the kernel, whose clock did not jump.
      NO_FAKE_STAT: '1',
    }
    const receiver = await startReceiver(site.store, [], { env })
    configure(site, receiver.port, { log_format: 'json' })
    const agent = spawnFerry(['run', '--config', site.config], { env })
    const logged = new Response(agent.stderr).text()
    for (const [index, day] of TIMES.entries()) {
      set(day)
      fs.writeFileSync(`${site.board}/f${index}`, day)
      await eventually(
        () => fs.readdirSync(site.board),
        (names) => names.length === 0,
        8000,
      )
    }
    const contents = [...storedFiles(site).values()].map(String)
    expect(contents.sort()).toEqual([...TIMES].sort())
    agent.kill('SIGTERM')
    const years = new Set([...(await logged).matchAll(/"time":"(\d{4})/g)].map(([, year]) => year))
    for (const day of TIMES) expect([...years]).toContain(day.slice(0, 4))
  },
)

test('a file whose times lie in the future, or before 1970, arrives like any other', async () => {
  const site = await makeSite(temporaryFolder('future'))
  const receiver = await startReceiver(site.store)
  configure(site, receiver.port)
  const seconds = { future: Date.UTC(2200, 0) / 1000, past: -86_400 * 365 }
  for (const [name, at] of Object.entries(seconds)) {
    fs.writeFileSync(`${site.board}/${name}`, name)
    fs.utimesSync(`${site.board}/${name}`, at, at)
  }
  spawnFerry(['run', '--config', site.config])
  await eventually(
    () => fs.readdirSync(site.board),
    (names) => names.length === 0,
    8000,
  )
  expect([...storedFiles(site).values()].map(String).sort()).toEqual(['future', 'past'])
})
