/** A connection to the receiver: TCP, and TLS whose certificate was checked before a byte is sent. */

export interface NetAddress {
  readonly host: string
  readonly port: number
  readonly secure: boolean
  /** PEM; undefined: the system's authorities. */
  readonly ca: Buffer | undefined
}

export interface Connection {
  /** Takes what it can now, and tells how many bytes; below 0 when it is over. */
  write(bytes: Uint8Array, at: number, lengthBytes: number): number
  /** At once: what was taken and has not left may not. */
  close(): void
}

export interface ConnectionHandlers {
  /** It may be written to. */
  readonly open: (connection: Connection) => void
  readonly data: (bytes: Uint8Array) => void
  /** It takes bytes again. */
  readonly drain: () => void
  /** Once, however it came. */
  readonly closed: (why: string) => void
}

type Socket = Bun.Socket<undefined>

const ALPN_H2 = '\x02h2'

const describe = (error: Error) => `${(error as { code?: string }).code ?? ''} ${error.message}`

/** The runtime checks the certificate's chain, dates and names; what it says is obeyed here. */
function refusal(socket: Socket, isDone: boolean, error: Error | null): string | undefined {
  if (error) return describe(error)
  return isDone && socket.authorized ? undefined : 'UNABLE_TO_VERIFY the certificate'
}

/** An address in the certificate is checked as well as a name; only a name may be asked for. */
export const isAddress = (host: string) => /^[\d.]+$|:/.test(host)

function tlsOptions({ host, ca }: NetAddress): Bun.TLSOptions {
  return {
    ...(ca && { ca }),
    serverName: isAddress(host) ? '' : host,
    // Nothing is written before `handshake` has told what is wrong, in its own words.
    rejectUnauthorized: false,
    ALPNProtocols: ALPN_H2,
  } as Bun.TLSOptions
}

/** Connects at once; the function returned gives it up. */
export function openConnection(address: NetAddress, handlers: ConnectionHandlers): () => void {
  const { host, port, secure } = address
  let isClosed = false
  let opened: Socket | undefined
  const closed = (why: string) => {
    if (isClosed) return
    isClosed = true
    handlers.closed(why)
  }
  const close = () => {
    closed('the connection was closed')
    opened?.terminate()
  }
  const ready = (socket: Socket) =>
    handlers.open({
      write: (bytes, at, lengthBytes) => (isClosed ? -1 : socket.write(bytes, at, lengthBytes)),
      close,
    })
  Bun.connect({
    hostname: host,
    port,
    ...(secure && { tls: tlsOptions(address) }),
    socket: {
      binaryType: 'uint8array',
      open(socket) {
        opened = socket
        if (isClosed) socket.terminate()
        else if (!secure) ready(socket)
      },
      handshake(socket, isDone, error) {
        if (isClosed) return
        const why = refusal(socket, isDone, error)
        if (why === undefined) return ready(socket)
        closed(why)
        socket.terminate()
      },
      data: (_socket, bytes) => handlers.data(bytes),
      drain: () => handlers.drain(),
      end(socket) {
        socket.terminate()
        closed('ECONNRESET: the connection was ended by the other side')
      },
      error: (_socket, error) => closed(describe(error)),
      close: (_socket, error) => closed(error ? describe(error) : 'ECONNRESET: it was cut'),
      connectError: (_socket, error) => closed(describe(error)),
    },
  }).catch((error: Error) => closed(describe(error)))
  return close
}
