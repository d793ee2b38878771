/** Where the processes of others are hidden, no answer is taken from a look at processes. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { resolve } from 'node:path'

const canTry =
  process.getuid?.() === 0 &&
  Bun.which('setpriv') !== null &&
  Bun.spawnSync(['unshare', '-m', 'mount', '-t', 'proc', '-o', 'hidepid=2', 'proc', '/proc'])
    .success
if (!canTry) console.log('SKIPPED hidden processes: it needs root, setpriv and mounts')

/** As another user, who gets no lease on a file of root; compiled, so that the user can read it. */
async function ask(file: string, hide: boolean): Promise<string> {
  const folder = fs.mkdtempSync('/var/tmp/ferry-hidden-')
  try {
    const source = `import { openSync } from 'node:fs'
      import { findWriters } from ${JSON.stringify(resolve('src/system/writers.ts'))}
      console.log(findWriters(openSync(${JSON.stringify(file)}, 'r')))`
    fs.writeFileSync(`${folder}/ask.ts`, source)
    await Bun.build({ entrypoints: [`${folder}/ask.ts`], outdir: `${folder}/out`, target: 'bun' })
    fs.copyFileSync(process.execPath, `${folder}/bun`)
    Bun.spawnSync(['chmod', '-R', 'a+rX', folder])
    Bun.spawnSync(['chmod', 'a+x', `${folder}/bun`])
    const options = hide ? 'hidepid=2' : 'hidepid=0'
    const script = `mount -t proc -o ${options} proc /proc; exec setpriv --reuid 65534 --regid 65534 \\
      --clear-groups ${folder}/bun ${folder}/out/ask.js`
    const ran = Bun.spawnSync(['unshare', '-m', 'sh', '-c', script], { cwd: folder, env: {} })
    return ran.stdout.toString().trim() + ran.stderr.toString().trim()
  } finally {
    fs.rmSync(folder, { recursive: true })
  }
}

test.skipIf(!canTry)(
  'a file that a hidden process writes to is not taken for finished',
  async () => {
    const folder = fs.mkdtempSync('/var/tmp/ferry-written-')
    fs.chmodSync(folder, 0o755)
    const file = `${folder}/a`
    fs.writeFileSync(file, 'x', { mode: 0o644 })
    const fd = fs.openSync(file, 'a')
    expect(await ask(file, true)).toBe('unknown')
    expect(await ask(file, false)).toBe('unknown')
    fs.closeSync(fd)
    fs.rmSync(folder, { recursive: true })
  },
)
