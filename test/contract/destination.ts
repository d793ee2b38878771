/** What every destination does alike; each runs this suite. */
import { describe, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { Rejected, SourceChanged, Transient } from '../../src/errors.ts'
import type { Chain } from '../../src/model.ts'
import { digestOf } from '../../src/system/digest.ts'
import type { Destination, VersionReader } from '../../src/upload/destination.ts'
import { readTree } from '../fakes/ferry.ts'
import { send, uploadOf } from '../fakes/one-upload.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

export interface Subject {
  readonly destination: Destination
  /** Another connection to the same place, as after a restart of the agent. */
  readonly reopen: () => Promise<Destination>
  /** The device's files, where they stand. */
  readonly files: string
  readonly end: () => Promise<void>
}

/** What not every protocol can do. */
interface Abilities {
  /** Goes on in the middle of a file, stores nothing twice, and tells the checksum. */
  readonly resumes: boolean
}

const EMPTY = 0
const SIZES = [1, 4096, 256 * 1024, 256 * 1024 + 1, (1 << 20) - 1, 1 << 20, 9_000_001]

export function destinationContract(
  name: string,
  start: () => Promise<Subject>,
  { resumes }: Abilities = { resumes: true },
): void {
  const withSubject = async (work: (subject: Subject, root: string) => Promise<void>) => {
    const subject = await start()
    try {
      await work(subject, temporaryFolder('contract'))
    } finally {
      await subject.destination.close()
      await subject.end()
    }
  }
  const at = (subject: Subject, root: string, file: string) =>
    readTree(`${subject.files}${root}`).get(file)

  const testResuming = resumes ? test : () => {}

  describe(`a destination: ${name}`, () => {
    test.each(resumes ? [EMPTY, ...SIZES] : SIZES)(
      'a file of %p bytes arrives with its bytes, size and checksum',
      async (size) => {
        await withSubject(async (subject, root) => {
          const content = Buffer.alloc(size, 'some content ')
          fs.writeFileSync(`${root}/a`, content)
          const receipt = await send(subject.destination, uploadOf(root, 'a'))
          expect(receipt.sizeBytes).toBe(size)
          const sha256 = new Bun.CryptoHasher('sha256').update(content).digest('hex')
          expect(receipt.sha256).toBe(resumes ? sha256 : '')
          expect(Buffer.from(receipt.digest).equals(digestOf(content))).toBe(true)
          expect(at(subject, root, 'a')?.equals(content)).toBe(true)
        })
      },
    )

    test('many at once arrive, each with its own receipt', async () => {
      await withSubject(async (subject, root) => {
        const names = Array.from({ length: 100 }, (_, index) => `f${index}`)
        for (const [index, file] of names.entries()) {
          fs.writeFileSync(`${root}/${file}`, Buffer.alloc(1 + index * 9000, file))
        }
        const work = names.map((file) => send(subject.destination, uploadOf(root, file)))
        const receipts = await Promise.all(work)
        expect(new Set(receipts.map((receipt) => receipt.uploadId)).size).toBe(100)
        expect(readTree(`${subject.files}${root}`).size).toBe(100)
      })
    })

    testResuming(
      'the same version again, after a lost answer and a restart, adds nothing',
      async () => {
        await withSubject(async (subject, root) => {
          fs.writeFileSync(`${root}/a`, Buffer.alloc(3_000_000, 'x'))
          const first = await send(subject.destination, uploadOf(root, 'a'))
          const other = await subject.reopen()
          const second = await send(other, uploadOf(root, 'a'))
          expect(second).toEqual(first)
          expect(readTree(`${subject.files}${root}`).size).toBe(1)
          await other.close()
        })
      },
    )

    testResuming('an interrupted upload goes on where it was durable', async () => {
      await withSubject(async (subject, root) => {
        const content = Buffer.alloc(40 << 20, 'resumable ')
        fs.writeFileSync(`${root}/a`, content)
        const stop = new AbortController()
        let durable: Chain | undefined
        const work = send(subject.destination, uploadOf(root, 'a'), {
          signal: stop.signal,
          onDurable(chain) {
            durable = chain
            if (chain.offsetBytes >= 12 << 20) stop.abort(new Error('interrupted'))
          },
        })
        expect(await work.catch((error: Error) => error.message)).toBe('interrupted')
        await subject.destination.close()
        const other = await subject.reopen()
        let firstRead = Number.POSITIVE_INFINITY
        const wrap = (reader: VersionReader): VersionReader => ({
          ...reader,
          read(offsetBytes, into) {
            firstRead = Math.min(firstRead, offsetBytes)
            return reader.read(offsetBytes, into)
          },
        })
        await send(other, uploadOf(root, 'a', { chain: durable }), { wrap })
        expect(firstRead).toBeGreaterThanOrEqual(12 << 20)
        expect(at(subject, root, 'a')?.equals(content)).toBe(true)
        await other.close()
      })
    })

    test('a file rewritten between two attempts is not spliced', async () => {
      await withSubject(async (subject, root) => {
        fs.writeFileSync(`${root}/a`, Buffer.alloc(20 << 20, 'one'))
        fs.writeFileSync(`${root}.time`, '')
        Bun.spawnSync(['touch', '-r', `${root}/a`, `${root}.time`])
        const before = uploadOf(root, 'a')
        const stop = new AbortController()
        const work = send(subject.destination, before, {
          signal: stop.signal,
          onDurable: (chain) => chain.offsetBytes > 0 && stop.abort(new Error('interrupted')),
        })
        await work.catch(() => {})
        await subject.destination.close()
        const content = Buffer.alloc(20 << 20, 'two')
        const fd = fs.openSync(`${root}/a`, 'r+')
        fs.writeSync(fd, content)
        fs.closeSync(fd)
        Bun.spawnSync(['touch', '-r', `${root}.time`, `${root}/a`])
        const other = await subject.reopen()
        expect(uploadOf(root, 'a').file.mtimeNs).toBe(before.file.mtimeNs)
        await send(other, uploadOf(root, 'a'))
        expect(at(subject, root, 'a')?.equals(content)).toBe(true)
        await other.close()
      })
    })

    test.each(['append', 'rewrite', 'truncate'])(
      'a file that changes while it is sent (%p) is not published',
      async (how) => {
        await withSubject(async (subject, root) => {
          fs.writeFileSync(`${root}/a`, Buffer.alloc(9 << 20, 'x'))
          let reads = 0
          const change = () => {
            if (how === 'append') fs.appendFileSync(`${root}/a`, 'y')
            else if (how === 'rewrite') fs.writeFileSync(`${root}/a`, Buffer.alloc(9 << 20, 'z'))
            else fs.truncateSync(`${root}/a`, 100)
          }
          const wrap = (reader: VersionReader): VersionReader => ({
            ...reader,
            read(offsetBytes, into) {
              reads += 1
              if (reads === 10) change()
              return reader.read(offsetBytes, into)
            },
          })
          const work = send(subject.destination, uploadOf(root, 'a'), { wrap })
          expect(await work.catch((error: unknown) => error)).toBeInstanceOf(SourceChanged)
          expect(readTree(`${subject.files}${root}`).size).toBe(0)
        })
      },
    )

    test('an error while reading fails that upload alone', async () => {
      await withSubject(async (subject, root) => {
        for (const file of ['a', 'b'])
          fs.writeFileSync(`${root}/${file}`, Buffer.alloc(3 << 20, file))
        const wrap = (reader: VersionReader): VersionReader => ({
          ...reader,
          read: () => Promise.reject(new Transient('cannot be read (EIO)', { scope: 'file' })),
        })
        const [a, b] = await Promise.allSettled([
          send(subject.destination, uploadOf(root, 'a'), { wrap }),
          send(subject.destination, uploadOf(root, 'b')),
        ])
        expect(a?.status === 'rejected' && a.reason).toBeInstanceOf(Transient)
        expect(b?.status).toBe('fulfilled')
      })
    })

    test('a closed destination fails with what to do next, and opens again by itself', async () => {
      await withSubject(async (subject, root) => {
        fs.writeFileSync(`${root}/a`, 'x')
        const stop = new AbortController()
        stop.abort(new Error('stopped'))
        const work = send(subject.destination, uploadOf(root, 'a'), { signal: stop.signal })
        const error = await work.catch((one: unknown) => one)
        expect(error instanceof Rejected).toBe(false)
        expect((error as Error).message).toBe('stopped')
        expect((await send(subject.destination, uploadOf(root, 'a'))).sizeBytes).toBe(1)
      })
    })
  })
}
