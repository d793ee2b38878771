/** A service manager's end of sd_notify: a unix datagram socket, through the C library. */
import { dlopen } from 'bun:ffi'
import { existsSync, readdirSync, unlinkSync } from 'node:fs'

const musl = readdirSync('/lib').find((name) => name.startsWith('ld-musl-'))
const { symbols: libc } = dlopen(musl ? `/lib/${musl}` : 'libc.so.6', {
  socket: { args: ['i32', 'i32', 'i32'], returns: 'i32' },
  bind: { args: ['i32', 'ptr', 'u32'], returns: 'i32' },
  recv: { args: ['i32', 'ptr', 'u64', 'i32'], returns: 'i64' },
  close: { args: ['i32'], returns: 'i32' },
})
const MSG_DONTWAIT = 0x40

/** `@name` is an abstract one. */
export function openDatagrams(name: string) {
  const fd = libc.socket(1, 2, 0)
  const path = Buffer.from(name.startsWith('@') ? `\0${name.slice(1)}` : `${name}\0`)
  const address = Buffer.concat([Buffer.from([1, 0]), path])
  if (libc.bind(fd, address, address.length) !== 0) throw new Error(`cannot bind ${name}`)
  const seen: string[] = []
  const into = Buffer.alloc(4096)
  return {
    /** All that came so far. */
    read(): readonly string[] {
      for (;;) {
        const length = Number(libc.recv(fd, into, BigInt(into.length), MSG_DONTWAIT))
        if (length <= 0) return seen
        seen.push(into.toString('utf8', 0, length))
      }
    },
    close() {
      libc.close(fd)
      if (existsSync(name)) unlinkSync(name)
    },
  }
}
