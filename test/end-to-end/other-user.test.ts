/** The commands of an operator who is not the agent's user: told so, and told what to do. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { ferry } from '../fakes/ferry.ts'

const NOBODY = 65534
const isAble = process.getuid?.() === 0 && Bun.which('setpriv') !== null

/** A board whose state belongs to one user, in a folder that others can reach. */
async function withBoard(owner: number, work: (board: Board) => Promise<void>): Promise<void> {
  if (!isAble) return console.log('SKIPPED another user needs root and setpriv')
  const place = fs.mkdtempSync('/var/tmp/ferry-user-')
  try {
    fs.chmodSync(place, 0o755)
    for (const name of ['data', 'state']) fs.mkdirSync(`${place}/${name}`)
    fs.chownSync(`${place}/state`, owner, owner)
    fs.chmodSync(`${place}/state`, 0o700)
    fs.chmodSync(`${place}/data`, 0o755)
    const config = `${place}/ferry.json`
    const settings = {
      ...{ device: 'robot-7', additional_sync_paths: [`${place}/data`] },
      ...{ state_dir: `${place}/state`, destination: { url: 'grpc://127.0.0.1:1' } },
    }
    fs.writeFileSync(config, JSON.stringify(settings), { mode: 0o644 })
    const executable = `${place}/ferry`
    fs.copyFileSync(`dist/ferry-linux-${process.arch}`, executable)
    fs.chmodSync(executable, 0o755)
    const as = (uid: number, ...args: string[]) => {
      const ids = [`--reuid=${uid}`, `--regid=${uid}`, '--clear-groups']
      const prefix = uid === 0 ? [] : ['setpriv', ...ids]
      return ferry([...args, '--config', config], { prefix, executable })
    }
    await work({ place, config, as })
  } finally {
    fs.rmSync(place, { recursive: true })
  }
}

interface Board {
  readonly place: string
  readonly config: string
  readonly as: (uid: number, ...args: string[]) => ReturnType<typeof ferry>
}

test.each(['status', 'pause', 'resume'])('ferry %s says whose the state is', async (command) => {
  await withBoard(0, async ({ place, as }) => {
    const { code, out, err } = await as(NOBODY, command)
    expect({ code, out }).toEqual({ code: 78, out: '' })
    expect(err).toContain(`state_dir ("${place}/state") belongs to root, and is closed to nobody`)
    expect(err).toContain(`hint: use sudo: sudo ferry ${command}\n`)
  })
})

test('the pause that root asks for can be read by the user of the agent', async () => {
  await withBoard(NOBODY, async ({ place, as }) => {
    expect((await as(0, 'pause')).code).toBe(0)
    expect(fs.statSync(`${place}/state/pause.json`).uid).toBe(NOBODY)
    const other = await as(12345, 'status')
    expect(other.err).toContain("or as its user: sudo -u 'nobody' ferry status")
  })
})

test('ferry check lists everything it can where the state is closed, and whom to be', async () => {
  await withBoard(0, async ({ place, as }) => {
    const { code, out, err } = await as(NOBODY, 'check', '--offline')
    expect({ code, err }).toEqual({ code: 1, err: '' })
    const hint = 'use sudo: sudo ferry check'
    expect(out).toMatch(new RegExp(`warn  user .*root.*\\n.*hint: ${hint} looks as root`))
    expect(out).toMatch(/fail {2}state .*EACCES.*\n.*it belongs to root: use sudo/)
    expect(out).toMatch(new RegExp(`fail  journal .*closed to this user\\n.*${hint}\\n`))
    expect(out).toContain(`${place}/data cannot be used by this user`)
    expect(out).toMatch(/^ok {4}kernel/m)
  })
})

test('ferry check as root sees a key that the user of the agent cannot read', async () => {
  await withBoard(NOBODY, async ({ place, config, as }) => {
    fs.writeFileSync(`${place}/key`, 'id.secret', { mode: 0o600 })
    const settings = JSON.parse(fs.readFileSync(config, 'utf8'))
    settings.destination.key_file = `${place}/key`
    fs.writeFileSync(config, JSON.stringify(settings))
    const closed = await as(0, 'check', '--offline')
    expect(closed.code).toBe(78)
    expect(closed.out).toMatch(/fail {2}config .*key_file.*EACCES.*\n.*hint: chown nobody .*key\n/)
    for (const path of [`${place}/key`, `${place}/data`]) fs.chownSync(path, NOBODY, NOBODY)
    const open = await as(0, 'check', '--offline')
    expect(open.out).not.toMatch(/^fail/m)
    expect(open.code).toBe(0)
  })
})
