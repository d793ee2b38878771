/** Sequence files that come by the own protocol become JSON documents. */
import { expect, test } from 'bun:test'
import type { BytePath } from '../../src/byte-path.ts'
import { openInboxAt, request, send } from '../fakes/inbox.ts'
import { temporaryFolder } from '../fakes/temporary.ts'
import { stored } from '../fakes/viam.ts'

test('a sequence becomes a JSON document', async () => {
  const folder = temporaryFolder('captured')
  const bytes = Buffer.from(
    JSON.stringify({
      start_time: '2026-08-21T10:00:00Z',
      end_time: '2026-08-21T10:01:00Z',
      resources: [{ resource_name: 'cam', method_name: 'ReadImage' }],
      sequence_tags: ['lap'],
    }),
  )
  const inbox = openInboxAt(folder)
  const open = request(2, '/capture/2.seq' as BytePath, bytes.length)
  const metadata = { ...open.metadata, content: 'sequence' as const, partId: 'part-9' }
  await send(inbox, 'd', { ...open, metadata }, bytes)
  const [[name = '', content] = []] = [...stored(folder, 'd')]
  expect(name).toMatch(/^sequences\/0{32}-[0-9a-f]{16}\.json$/)
  expect(JSON.parse(String(content))).toMatchObject({
    part_id: 'part-9',
    resources: [{ resource_name: 'cam', method_name: 'ReadImage' }],
    sequence_tags: ['lap'],
  })
  await inbox.close()
})
