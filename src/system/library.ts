/** The C library that the executable runs on, wherever a system has it. */
import { dlopen, type FFIFunction } from 'bun:ffi'
import { readdirSync } from 'node:fs'

/** musl's C library is its loader; glibc's has a fixed name. */
function candidates(): string[] {
  const musl = ['/lib', '/usr/lib'].flatMap((folder) => {
    try {
      return readdirSync(folder)
        .filter((name) => name.startsWith('ld-musl-'))
        .map((name) => `${folder}/${name}`)
    } catch {
      return []
    }
  })
  return ['libc.so.6', ...musl, 'libc.so']
}

/** These functions of it. Fails where there is none, or it has not all of them. */
export function openLibrary<const Symbols extends Record<string, FFIFunction>>(symbols: Symbols) {
  let failure: unknown
  for (const name of candidates()) {
    try {
      return dlopen(name, symbols).symbols
    } catch (error) {
      failure = error
    }
  }
  throw new Error('no C library could be loaded', { cause: failure })
}
