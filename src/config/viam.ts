/** Viam's own configuration: what is one, the data manager's attributes, the cloud's part. Pure. */
import type { Login } from './config.ts'

export type Document = Readonly<Record<string, unknown>>

export const isDocument = (value: unknown): value is Document =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** A machine's configuration, viam-server's cached copy of it, or `/etc/viam.json`. */
export const isViamDocument = ({ services, components, cloud }: Document) =>
  Array.isArray(services) || Array.isArray(components) || isDocument(cloud)

const isDataManager = ({ type, api }: Document) =>
  type === 'data_manager' || api === 'rdk:service:data_manager'

/** Attributes of the data manager, as written; undefined where there is no such service. */
export function dataManagerOf({ services }: Document): Document | undefined {
  const entries: unknown[] = Array.isArray(services) ? services : []
  const entry = entries.filter(isDocument).find(isDataManager)
  if (entry === undefined) return undefined
  return isDocument(entry['attributes']) ? entry['attributes'] : {}
}

/** The id of the machine part; '' where the document has none. */
export function partIdOf({ cloud }: Document): string {
  const id = isDocument(cloud) ? cloud['id'] : undefined
  return typeof id === 'string' ? id : ''
}

/** Where viam-server keeps what the cloud sent last, below its own folder. */
export const cachedConfigName = (partId: string) => `cached_cloud_config_${partId}.json`

/** What `cloud` says: where to send, as which part, and how to log in. */
export interface Cloud {
  /** As `destination.url`. */
  readonly url: string
  readonly partId: string
  readonly login: Login | undefined
}

const DEFAULT_ADDRESS = 'https://app.viam.com:443'

/** undefined where it is no address. Without a scheme it is TLS. */
function destinationOf(address: string): string | undefined {
  const [, scheme = 'https', host, port] =
    /^(?:(https?):\/\/)?(\[[0-9a-fA-F:.]+\]|[^/:@\s]+)(?::(\d{1,5}))?\/?$/.exec(address) ?? []
  if (host === undefined || Number(port ?? 1) < 1 || Number(port ?? 1) > 65_535) return undefined
  return scheme === 'http' ? `grpc://${host}:${port ?? 80}` : `grpcs://${host}:${port ?? 443}`
}

type Report = (key: string, value: unknown, problem: string, hint: string) => void

const textOf = (value: unknown) => (typeof value === 'string' ? value : '')

/** An API key wins over the part's secret; half of one is an error. */
function loginOf(cloud: Document, partId: string, report: Report): Login | undefined {
  const key = isDocument(cloud['api_key']) ? cloud['api_key'] : {}
  const [id, payload] = [textOf(key['id']), textOf(key['key'])]
  if (id !== '' && payload !== '') return { type: 'api-key', entity: id, payload }
  if (id !== '' || payload !== '') {
    const missing = id === '' ? 'id' : 'key'
    report('cloud.api_key', '', `has no "${missing}"`, 'set both, or neither and "secret"')
    return undefined
  }
  const secret = textOf(cloud['secret'])
  return secret === '' ? undefined : { type: 'robot-secret', entity: partId, payload: secret }
}

/** undefined where the document has no `cloud`. Secrets are in no report. */
export function readCloud(document: Document, report: Report): Cloud | undefined {
  const { cloud } = document
  if (!isDocument(cloud)) return undefined
  const partId = partIdOf(document)
  if (partId === '') report('cloud.id', '', 'is missing', 'the id of the machine part')
  const address = textOf(cloud['app_address']) || DEFAULT_ADDRESS
  const url = destinationOf(address)
  if (url === undefined) report('cloud.app_address', address, 'is not an address', DEFAULT_ADDRESS)
  return { url: url ?? '', partId, login: loginOf(cloud, partId, report) }
}
