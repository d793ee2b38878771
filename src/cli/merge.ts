/** `ferry merge`: merges small files of rows while no receiver runs. */
import * as path from 'node:path'
import { type Arguments, type ExitCode, required } from './command.ts'
import { openLockedStore } from './open-store.ts'
import { print } from './output.ts'

/** Merging takes in nothing and expires nothing. */
const UNUSED = { floorBytes: 0, receiptDays: 90, partDays: 14 }

export async function merge(args: Arguments): Promise<ExitCode> {
  const allowVolatile = args.flag('allow-volatile-store')
  const store = openLockedStore(path.resolve(required(args, 'store')), { ...UNUSED, allowVolatile })
  try {
    const { mergedFiles, mergedInto, trouble } = await store.merge(Date.now())
    print(`merged ${mergedFiles} files into ${mergedInto}\n`)
    if (trouble === '') return 0
    process.stderr.write(`ferry: left as they are: ${trouble}\n`)
    return 1
  } finally {
    store.close()
  }
}
