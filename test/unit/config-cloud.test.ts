/** What `cloud` says, from whichever file, and Ferry's own keys over it. */
import { describe, expect, test } from 'bun:test'
import { display } from '../../src/byte-path.ts'
import { machineWith, parse, problems } from '../fakes/machine.ts'

const SECRET = { app_address: 'https://app.viam.com:443', id: 'part-1', secret: 's3cret' }
const machineFile = (cloud: unknown) => ({ services: [], components: [], cloud })
const destinationOf = (cloud: unknown) => parse(machineFile(cloud)).destination

describe('cloud', () => {
  test.each([
    ['https://app.viam.com:443', { scheme: 'grpcs', host: 'app.viam.com', port: 443 }],
    ['https://app.viam.com', { scheme: 'grpcs', host: 'app.viam.com', port: 443 }],
    ['https://app.viam.com/', { scheme: 'grpcs', host: 'app.viam.com', port: 443 }],
    ['app.viam.com:8443', { scheme: 'grpcs', host: 'app.viam.com', port: 8443 }],
    ['http://localhost', { scheme: 'grpc', host: 'localhost', port: 80 }],
    ['http://10.0.0.1:8080', { scheme: 'grpc', host: '10.0.0.1', port: 8080 }],
    ['https://[::1]:9', { scheme: 'grpcs', host: '::1', port: 9 }],
    [undefined, { scheme: 'grpcs', host: 'app.viam.com', port: 443 }],
  ])('the address %p', (app_address, url) => {
    expect(destinationOf({ ...SECRET, app_address }).url).toEqual(url as never)
  })

  test.each(['ftp://x', 'https://a b', 'https://x:99999'])('%p is no address', (app_address) => {
    const found = problems(machineFile({ ...SECRET, app_address }))
    expect(found.map(({ key }) => key)[0]).toMatch(/cloud.app_address|destination.url/)
  })

  test('logs in with the secret of the part, or with an API key, which wins', () => {
    const secret = { type: 'robot-secret', entity: 'part-1', payload: 's3cret' } as const
    expect(destinationOf(SECRET).login).toEqual(secret)
    const api_key = { id: 'key-1', key: 'k3y' }
    const key = { type: 'api-key', entity: 'key-1', payload: 'k3y' } as const
    expect(destinationOf({ ...SECRET, api_key }).login).toEqual(key)
    expect(destinationOf({ id: 'part-1', api_key }).login).toEqual(key)
    expect(destinationOf({ ...SECRET, api_key: { id: '', key: '' } }).login).toEqual(secret)
  })

  test.each([
    [{ ...SECRET, api_key: { id: 'key-1' } }, 'cloud.api_key', 'has no "key"'],
    [{ ...SECRET, api_key: { key: 'k3y' } }, 'cloud.api_key', 'has no "id"'],
    [{ id: 'part-1' }, 'cloud.secret', 'is missing'],
    [{ secret: 's3cret' }, 'cloud.id', 'is missing'],
    [{ ...SECRET, id: '../up' }, 'cloud.id', ''],
  ])('%p is refused', (cloud, key, problem) => {
    const found = problems(machineFile(cloud))
    expect(found[0]).toMatchObject({ key, problem: expect.stringContaining(problem) })
    expect(JSON.stringify(found)).not.toMatch(/s3cret|k3y/)
  })

  test('comes from /etc/viam.json where the machine has none, and from nowhere else', () => {
    const document = { services: [{ type: 'data_manager', attributes: {} }] }
    const config = parse(document, machineWith({ '/etc/viam.json': { cloud: SECRET } }))
    expect(config).toMatchObject({ partId: 'part-1', secretFile: '/etc/viam.json' })
    expect(problems(document)[0]).toMatchObject({ key: 'destination.url', problem: 'is missing' })
    const own = { destination: { url: 'grpcs://h:1' }, capture_dir: '/c' }
    const alone = parse(own, machineWith({ '/etc/viam.json': { cloud: SECRET } }))
    expect(alone).toMatchObject({ partId: '', device: 'board', secretFile: undefined })
  })

  test('alone, it stands for what the cloud sent last', () => {
    const cached = '/home/u/.viam/cached_cloud_config_part-1.json'
    const services = [{ type: 'data_manager', attributes: { capture_dir: '/c' } }]
    const config = parse({ cloud: SECRET }, machineWith({ [cached]: { cloud: SECRET, services } }))
    expect(display(config.roots[0]!.path)).toBe('/c')
    expect(config.viamFile).toBe(cached)
    const none = parse({ cloud: SECRET })
    expect(display(none.roots[0]!.path)).toBe('/home/u/.viam/capture')
  })
})

describe('viam_config', () => {
  const services = [
    { api: 'rdk:service:data_manager', attributes: { capture_dir: '/c', tags: ['v'] } },
  ]
  const files = { '/v.json': { services, cloud: SECRET } }
  const over = (own: object) => parse({ viam_config: '/v.json', ...own }, machineWith(files))

  test('gives attributes, address, login and names; own keys stand over them', () => {
    expect(over({})).toMatchObject({
      device: 'part-1',
      tags: ['v'],
      viamFile: '/v.json',
      secretFile: '/v.json',
      destination: { url: { host: 'app.viam.com' }, login: { payload: 's3cret' } },
    })
    const own = over({ device: 'robot-7', tags: ['own'], capture_dir: '/other' })
    expect(own).toMatchObject({ device: 'robot-7', partId: 'part-1', tags: ['own'] })
    expect(own.roots.map(({ path }) => display(path))).toEqual(['/other'])
  })

  test('gives no secret to an address of our own, unless it is to speak as Viam does', () => {
    const url = 'grpcs://files.example.com:7443'
    expect(over({ destination: { url } }).destination.login).toBeUndefined()
    expect(over({ destination: { url, key_file: '/k' } }).destination.login).toBeUndefined()
    const viam = over({ destination: { url, protocol: 'viam' } })
    expect(viam.destination).toMatchObject({ protocol: 'viam', login: { payload: 's3cret' } })
  })

  test('is one clear problem where it cannot be read or is something else', () => {
    const of = (path: string, text: unknown) =>
      problems({ viam_config: path, capture_dir: '/c' }, machineWith({ '/v.json': text }))[0]
    expect(of('/gone', '')).toMatchObject({ key: 'viam_config', value: '/gone' })
    expect(of('/v.json', '{')?.problem).toContain('is not JSON')
    expect(of('/v.json', '[]')?.problem).toContain('is not a JSON object')
    expect(of('/v.json', { device: 'x' })?.problem).toContain('no configuration of viam-server')
    expect(of('v.json', '')?.problem).toContain('not an absolute path')
  })

  test('no root may hold a file of viam-server', () => {
    const inRoot = { '/c/v.json': { services, cloud: SECRET } }
    const found = problems({ viam_config: '/c/v.json' }, machineWith(inRoot))
    expect(found[0]?.problem).toContain("holds viam-server's configuration")
  })

  test('the protocol is auto, ferry or viam', () => {
    expect(over({}).destination.protocol).toBe('auto')
    expect(over({ destination: { protocol: 'ferry' } }).destination.protocol).toBe('ferry')
    const found = problems(
      { viam_config: '/v.json', destination: { protocol: 'via' } },
      machineWith(files),
    )
    expect(found[0]).toMatchObject({ key: 'destination.protocol', hint: '"viam"' })
  })
})
