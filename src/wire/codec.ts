/**
 * What both directions of the codec share. On import it turns off protobufjs's optional 64-bit
 * objects: every 64-bit field here fits a number, and whether the package is there must not matter.
 */
import protobuf from 'protobufjs/minimal.js'

Object.assign(protobuf.util, { Long: undefined })
protobuf.configure()

/** A message as the decoder gives it: scalar fields that were absent have their default. */
export type Decoded<T> = {
  [K in keyof T]-?: NonNullable<T[K]> extends string | number | boolean | Uint8Array
    ? NonNullable<T[K]>
    : T[K] | undefined
}

export const decoded = <T>(message: T) => message as Decoded<T>

export const fromHex = (hex: string) => Buffer.from(hex, 'hex')

export const toHex = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
