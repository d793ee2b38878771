import { test } from 'bun:test'
import { prepareSources } from './sources.ts'

test('seeds', async () => {
  await prepareSources('')
  const { runSeed } = await import('./world.ts')
  process.on('unhandledRejection', () => {})
  for (let seed = 1; seed <= Number(process.env.N ?? 300); seed++) runSeed(seed)
}, 600000)
