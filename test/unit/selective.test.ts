/** Who is asked before each look: only a boolean `should_sync` of true in time is a yes. */
import { afterAll, describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { askSelective } from '../../src/cli/selective.ts'
import type { SelectiveSync } from '../../src/config/config.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const signal = new AbortController().signal
const ask = (who: SelectiveSync) => askSelective(who, signal)
const folder = temporaryFolder('selective')

/** What each path answers. */
const ANSWERS: Readonly<Record<string, () => Response | Promise<Response>>> = {
  '/yes': () => Response.json({ should_sync: true, other: 1 }),
  '/no': () => Response.json({ should_sync: false }),
  '/bare': () => Response.json(true),
  '/error': () => Response.json({ should_sync: true }, { status: 500 }),
  '/redirect': () => Response.redirect('/yes'),
  '/long': () => new Response(`${' '.repeat(100_000)}{"should_sync": true}`),
  '/slow': async () => {
    await Bun.sleep(7000)
    return Response.json({ should_sync: true })
  },
}
const server = Bun.serve({
  port: 0,
  hostname: '127.0.0.1',
  fetch: (request) =>
    ANSWERS[new URL(request.url).pathname]?.() ?? new Response('', { status: 404 }),
})
afterAll(() => server.stop(true))
const http = (path: string) => ask({ kind: 'http', url: `http://127.0.0.1:${server.port}${path}` })
const sh = (script: string) => ask({ kind: 'command', command: ['sh', '-c', script] })
const file = (text: string) => {
  fs.writeFileSync(`${folder}/answer`, text)
  return ask({ kind: 'file', path: `${folder}/answer` })
}

describe('B18 O16 selective_sync', () => {
  test('a boolean true is a yes, from wherever it comes', async () => {
    expect(await file('{"should_sync": true}')).toBe('')
    expect(await file(' {"should_sync": true, "time": "now"}\n')).toBe('')
    expect(await sh(`echo '{"should_sync": true}'`)).toBe('')
    expect(await http('/yes')).toBe('')
  })

  test.each(['true', '{"should_sync": 1}', '{"should_sync": "true"}', '{}', '[]', 'null', '', '{'])(
    '%p is none',
    async (text) => {
      expect(await file(text)).toMatch(/^selective_sync: the answer (is not JSON|has no boolean)/)
    },
  )

  test('a boolean false is a no', async () => {
    expect(await file('{"should_sync": false}')).toBe('selective_sync: should_sync is false')
    expect(await http('/no')).toBe('selective_sync: should_sync is false')
    expect(await http('/bare')).toContain('no boolean should_sync')
  })

  test('what is missing, fails or says too much is a no', async () => {
    expect(await ask({ kind: 'file', path: `${folder}/none` })).toContain('nobody to ask')
    expect(await ask({ kind: 'file', path: folder })).toContain('not a file')
    expect(await ask({ kind: 'command', command: [`${folder}/none`] })).toContain('selective_sync:')
    expect(await sh(`echo '{"should_sync": true}'; exit 3`)).toContain('ended with 3')
    expect(await http('/error')).toContain('500')
    expect(await http('/none')).toContain('404')
    expect(await http('/redirect')).not.toBe('')
    expect(await http('/long')).toContain('64 KiB')
    expect(await file(`${' '.repeat(70_000)}{"should_sync": true}`)).toContain('64 KiB')
    expect(await sh(`yes '{"should_sync": true}'`)).toContain('64 KiB')
    expect(await ask({ kind: 'http', url: 'http://127.0.0.1:1/' })).not.toBe('')
  })

  test('a fifo without a writer keeps nobody waiting', async () => {
    Bun.spawnSync(['mkfifo', `${folder}/fifo`])
    expect(await ask({ kind: 'file', path: `${folder}/fifo` })).toContain('not a file')
  })

  test('silence for five seconds is a no, and the program is ended', async () => {
    const startMs = performance.now()
    const marker = `${folder}/late`
    const slow = sh(`sleep 6; touch ${marker}; echo '{"should_sync": true}'`)
    expect(await Promise.all([slow, http('/slow')])).toEqual([
      'selective_sync: no answer within 5 s',
      'selective_sync: no answer within 5 s',
    ])
    expect(performance.now() - startMs).toBeWithin(4900, 6000)
    await Bun.sleep(1500)
    expect(fs.existsSync(marker)).toBe(false)
  }, 10_000)
})
