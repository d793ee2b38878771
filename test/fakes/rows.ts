/** Stores full of rows of one date, and merging them a day later. */
import { expect } from 'bun:test'
import * as fs from 'node:fs'
import type { Files } from '../../src/system/files.ts'
import { openStoreAt } from './inbox.ts'
import { temporaryFolder } from './temporary.ts'
import { openViamAt, stored } from './viam.ts'
import { PATHS, TEN, tabularRequest } from './viam-messages.ts'

/** A day after the readings. */
export const TOMORROW_MS = (TEN + 86_400) * 1000
export const PARTITION =
  'tabular/part_id=part-1/component_name=s1/method_name=Readings/date=2026-08-21'

export const rowsIn = (folder: string, device = 'anonymous') =>
  [...stored(folder, device)]
    .filter(([name]) => name.endsWith('.ndjson'))
    .flatMap(([, bytes]) => bytes.toString().trim().split('\n'))
    .map((line) => JSON.parse(line).data.value as number)
    .sort((a, b) => a - b)
export const namesIn = (folder: string) => fs.readdirSync(`${folder}/anonymous/${PARTITION}`).sort()
export const upTo = (count: number) => Array.from({ length: count }, (_, index) => index)

/** A store with so many files of one row each. */
export async function filled(count: number): Promise<string> {
  const folder = temporaryFolder('merge')
  const { client, close } = await openViamAt(folder)
  for (const value of upTo(count)) {
    expect((await client.unary(PATHS.capture, tabularRequest([value]))).status).toBe('OK')
  }
  await close()
  return folder
}

export async function merged(folder: string, files?: Files, wallMs = TOMORROW_MS) {
  const store = openStoreAt(folder, files)
  try {
    return await store.merge(wallMs)
  } finally {
    store.close()
  }
}
