/** Loaded by the runner before the first test file (`bunfig.toml`): its hooks hold for every file. */
import { afterAll, afterEach, beforeEach } from 'bun:test'
import { runEnds, testBegins, testEnds } from './ends.ts'

beforeEach(testBegins)
afterEach(testEnds)
afterAll(runEnds)
