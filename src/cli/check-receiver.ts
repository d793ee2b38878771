/** What `ferry check` asks name server and receiver. */
import * as fs from 'node:fs'
import type { FerryConfig } from '../config/config.ts'
import { errorCode, errorMessage } from '../errors.ts'
import { unlimited } from '../schedule/rate-limit.ts'
import { createSystemClock } from '../system/clock.ts'
import { formatBytes } from '../units.ts'
import { createKeyBearer } from '../upload/bearer.ts'
import { isUnimplemented } from '../upload/grpc-failures.ts'
import { createGrpcTransport } from '../upload/grpc-transport.ts'
import { isAddress } from '../upload/http2/socket.ts'
import { openSession } from '../upload/transfer/session.ts'
import { SOFTWARE } from '../version.ts'
import type { Welcome } from '../wire/frames.ts'
import { type Finding, fail, ok, warn } from './check-finding.ts'
import { loginFinding, type Net, notReached } from './check-login.ts'
import type { ClockFacts } from './check-rules.ts'
import { machineId } from './machine.ts'
import { readKeyFile } from './open-destination.ts'

const ANSWER_WITHIN_MS = 10_000
/** Less room than this is a few minutes of camera data. */
const LITTLE_ROOM_BYTES = 2 ** 30

async function nameFindings({ host }: Net): Promise<Finding[]> {
  if (isAddress(host)) return [ok('dns', `${host} is an address`)]
  try {
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error('no answer')), ANSWER_WITHIN_MS).unref()
    })
    const dns = await import('node:dns/promises')
    const { address } = await Promise.race([dns.lookup(host), late])
    return [ok('dns', `${host} is ${address}`)]
  } catch (error) {
    const says = `${host} cannot be resolved (${errorCode(error) || errorMessage(error)})`
    return [
      fail('dns', says, 'check the network, /etc/resolv.conf and the name in destination.url'),
    ]
  }
}

/** The certificate as it is shown, whoever signed it; undefined where none is. */
export async function seenCertificate({
  host,
  port,
  scheme,
}: Net): Promise<ClockFacts['certificate']> {
  if (scheme === 'grpc') return undefined
  const tls = await import('node:tls')
  return await new Promise((resolve) => {
    const socket = tls.connect({
      ...{ host, port, rejectUnauthorized: false, ALPNProtocols: ['h2'] },
      ...(!isAddress(host) && { servername: host }),
    })
    const end = (seen: ClockFacts['certificate']) => {
      socket.destroy()
      resolve(seen)
    }
    socket.setTimeout(ANSWER_WITHIN_MS, () => end(undefined))
    socket.on('error', () => end(undefined))
    socket.on('secureConnect', () => {
      const { valid_from: from, valid_to: until } = socket.getPeerCertificate()
      const [fromMs, untilMs] = [Date.parse(from), Date.parse(until)]
      end(Number.isNaN(fromMs) || Number.isNaN(untilMs) ? undefined : { fromMs, untilMs })
    })
  })
}

/** Says hello with the key, and goes. Fails with `Transient`. */
async function greet({ destination }: FerryConfig, url: Net): Promise<Welcome> {
  const { keyFile, caFile } = destination
  const clock = createSystemClock()
  const transport = createGrpcTransport({
    ...{ clock, host: url.host, port: url.port, secure: url.scheme === 'grpcs' },
    ca: caFile === undefined ? undefined : fs.readFileSync(caFile),
    bearer: createKeyBearer(() => (keyFile === undefined ? '' : readKeyFile(keyFile))),
  })
  const session = openSession({
    ...{ transport, clock, rateLimit: () => unlimited, onSent: () => {} },
    hello: { software: `${SOFTWARE} check`, machineId: machineId() },
    silenceMs: ANSWER_WITHIN_MS,
  })
  try {
    return await session.welcome()
  } finally {
    session.close()
    await transport.close()
  }
}

/** Pure: what a welcome tells. */
export function welcomeFindings(welcome: Welcome, device: string): Finding[] {
  const { roomBytes, warning, software } = welcome
  const room = roomBytes === undefined ? '' : `, ${formatBytes(roomBytes)} of room`
  const said = `${software} takes this board's files as ${welcome.device}${room}`
  return [
    ok('receiver', said),
    ...(welcome.device === device
      ? []
      : [ok('key', `files stand under ${welcome.device} there, the name of the key`)]),
    ...(warning === '' ? [] : [warn('key', warning, 'ferry keys add makes another key')]),
    ...(roomBytes === 0
      ? [fail('room', 'the receiver has no room: everything waits', 'free some there')]
      : roomBytes !== undefined && roomBytes < LITTLE_ROOM_BYTES
        ? [
            warn(
              'room',
              `the receiver has only ${formatBytes(roomBytes)} of room`,
              'free some there',
            ),
          ]
        : []),
  ]
}

function refusedFinding(error: unknown, protocol: string): Finding {
  if (protocol !== 'ferry' && isUnimplemented(error)) {
    const says = "it answers, and speaks Viam's protocol only: key and room cannot be asked about"
    return warn('receiver', says, 'delivery is at least once by that protocol')
  }
  return notReached(error)
}

/** One line for each, in the order in which a connection is made. */
export async function receiverFindings(config: FerryConfig, url: Net): Promise<Finding[]> {
  const names = await nameFindings(url)
  if (names.some(({ state }) => state === 'fail')) return names
  const { protocol, login } = config.destination
  if (protocol === 'viam' || login !== undefined) {
    return [...names, await loginFinding(config, url)]
  }
  try {
    return [...names, ...welcomeFindings(await greet(config, url), config.device)]
  } catch (error) {
    return [...names, refusedFinding(error, protocol)]
  }
}
