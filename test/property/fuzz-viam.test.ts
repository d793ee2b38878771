/** Hostile programs of Viam's protocol: each message is taken or refused, and nothing half stays. */
import { afterAll, expect, test } from 'bun:test'
import * as fs from 'node:fs'
import * as fc from 'fast-check'
import { Undecodable } from '../../src/errors.ts'
import { Refusal } from '../../src/receive/incoming.ts'
import { createKeyring, makeKey, writeKeys } from '../../src/receive/keys.ts'
import { Unauthenticated } from '../../src/receive/viam/method.ts'
import { viamMethods } from '../../src/receive/viam/service.ts'
import { createSystemClock } from '../../src/system/clock.ts'
import { createPosixFiles } from '../../src/system/posix-files.ts'
import { createSystemRandom } from '../../src/system/random.ts'
import { damaged, fuzz } from '../fakes/fuzz.ts'
import { openStoreAt } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { staged } from '../fakes/viam.ts'
import {
  binaryRequest,
  fileMessages,
  loginRequest,
  sequenceRequest,
  streamingMessages,
  tabularRequest,
} from '../fakes/viam-messages.ts'

const outside = temporaryFolder('fuzz')
const folder = `${outside}/store`
fs.mkdirSync(folder)
/** Syncs cost what the cases have no use for. */
const store = openStoreAt(folder, { ...createPosixFiles(), sync: async () => {} })
const { key, secret } = makeKey('d', 0, createSystemRandom())
writeKeys(`${folder}/keys`, [key])
const keyring = createKeyring(`${folder}/keys`, () => {})
const methods = viamMethods({ store, clock: createSystemClock(), keyring, largestFileBytes: 1e6 })

afterAll(() => store.close())

const content = Buffer.from('content')
const MESSAGES = [
  tabularRequest([1, 2]),
  binaryRequest([content, content]),
  ...fileMessages({ fileName: '/a/../../b' }, [content]),
  ...fileMessages({ fileName: '/a/b', fileExtension: '.x' }, [content]),
  ...streamingMessages([content]),
  sequenceRequest(),
  loginRequest(key.id, 'api-key', secret),
]
const message = fc.oneof(
  { weight: 2, arbitrary: fc.constantFrom(...MESSAGES) },
  { weight: 3, arbitrary: damaged(MESSAGES) },
  fc.uint8Array({ maxLength: 64 }),
)
const calls = fc.record({
  method: fc.constantFrom(...methods),
  messages: fc.array(message, { maxLength: 3 }),
  isCancelled: fc.boolean(),
  isEnded: fc.boolean(),
  header: fc.constantFrom('', '', '', '7', 'abc'),
})

test("whatever comes by Viam's protocol is taken or refused, and nothing half stays", async () => {
  await fuzz("calls of Viam's protocol", {
    share: 0.05,
    one: calls,
    meant: [Refusal, Undecodable, Unauthenticated],
    async attempt({ method, messages, isCancelled, isEnded, header }) {
      const cancelled = () => isCancelled
      const exchange = method.open({ device: 'd', header: () => header, isCancelled: cancelled })
      try {
        for (const one of messages) exchange.message(one)
        if (isEnded) await exchange.finish()
      } finally {
        exchange.drop()
      }
    },
  })
  expect(staged(folder, 'd')).toEqual([])
  expect(fs.readdirSync(outside)).toEqual(['store'])
  expect(fs.readdirSync(folder).sort()).toEqual(['d', 'ferry-store.json', 'keys'])
})
