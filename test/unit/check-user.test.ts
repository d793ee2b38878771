/** Which user `ferry check` takes for the agent's. */
import { expect, test } from 'bun:test'
import * as fs from 'node:fs'
import { dirname } from 'node:path'
import { serviceUser } from '../../src/cli/check-user.ts'
import { defaults, dropIn } from '../../src/install/drop-in.ts'
import { createHost } from '../../src/system/host.ts'
import { temporaryFolder } from '../fakes/temporary.ts'

const CONFIG = '/etc/ferry/ferry.json'
const service = {
  isGuess: false,
  ...{ user: 'pi', program: '/usr/bin/ferry', options: '', writable: ['/data'] },
  ...{ credential: undefined, isReceiver: false, needsHomes: false },
}

function host(files: Readonly<Record<string, string>>) {
  const prefix = temporaryFolder('check-user')
  const all = { '/etc/passwd': 'root:x:0:0::/:\npi:x:1000:1001::/home/pi:\n', ...files }
  for (const [path, text] of Object.entries(all)) {
    fs.mkdirSync(dirname(`${prefix}${path}`), { recursive: true })
    fs.writeFileSync(`${prefix}${path}`, text)
  }
  return createHost(prefix)
}

const UNIT = '/etc/systemd/system/ferry-agent.service.d/10-ferry.conf'
const DEFAULTS = '/etc/default/ferry-agent'
const pi = { uid: 1000, gid: 1001, name: 'pi' }

test('it is the one that the service was installed for, whatever starts it', () => {
  const unit = host({ [UNIT]: dropIn({ ...service, credential: '/etc/ferry/key' }) })
  expect(serviceUser(unit, CONFIG, true)).toMatchObject({
    ...pi,
    mayLease: true,
    isKeyHandedOver: true,
  })
  // The unit is a leaving where systemd does not run.
  expect(serviceUser(unit, CONFIG, false)).toBeUndefined()
  for (const path of [DEFAULTS, '/etc/conf.d/ferry-agent']) {
    const script = host({ [path]: defaults(service) })
    expect(serviceUser(script, CONFIG, false)).toMatchObject({ ...pi, isKeyHandedOver: false })
  }
})

test('another configuration is not the one of the service, and one without a user tells none', () => {
  expect(serviceUser(host({ [UNIT]: dropIn(service) }), '/tmp/ferry.json', true)).toBeUndefined()
  const other = { ...service, options: '--config /srv/other.json' }
  const script = host({ [DEFAULTS]: defaults(other) })
  expect(serviceUser(script, '/srv/other.json', false)).toMatchObject(pi)
  expect(serviceUser(script, CONFIG, false)).toBeUndefined()
  expect(serviceUser(host({}), CONFIG, true)).toBeUndefined()
  const gone = host({ [UNIT]: dropIn({ ...service, user: 'gone' }) })
  expect(serviceUser(gone, CONFIG, true)).toBeUndefined()
})
