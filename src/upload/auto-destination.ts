/** A destination whose protocol is found out: `ferry.transfer`, or Viam's where that is unknown. */
import { Transient } from '../errors.ts'
import type { Logger } from '../system/logger.ts'
import type { Destination } from './destination.ts'
import { isUnimplemented } from './grpc-failures.ts'
import type { Spoken } from './spoken.ts'

interface AutoDestinationOptions {
  readonly transfer: Destination
  readonly viam: Destination
  /** False: `ferry.transfer` is the only protocol that is wanted. */
  readonly hasViam: boolean
  readonly spoken: Spoken
  readonly address: string
  readonly log: Logger
}

/** A proxy before a receiver that is down looks the same as a server of another protocol. */
function neverDowngraded(cause: unknown): Transient {
  const text = 'what answers there does not speak ferry.transfer, and this destination did before'
  const hint = 'is a proxy in front of the receiver? Or set destination.protocol to "viam"'
  return new Transient(text, { scope: 'destination', hint, cause })
}

export function createAutoDestination(options: AutoDestinationOptions): Destination {
  const { transfer, viam, hasViam, spoken, address, log } = options
  let isViam = false
  let isSaid = false
  const switchToViam = () => {
    isViam = true
    if (!isSaid) log.info("the destination speaks Viam's protocol only", { address })
    isSaid = true
  }
  const uploadByViam: Destination['upload'] = async (...args) => {
    try {
      return await viam.upload(...args)
    } catch (error) {
      // Neither is known there: whatever answers may be something else the next time.
      if (isUnimplemented(error)) isViam = false
      throw error
    }
  }
  return {
    get kind() {
      return isViam ? viam.kind : transfer.kind
    },
    async upload(...args) {
      if (isViam) return await uploadByViam(...args)
      try {
        return await transfer.upload(...args)
      } catch (error) {
        if (!hasViam || !isUnimplemented(error)) throw error
        if (spoken.ever()) throw neverDowngraded(error)
      }
      switchToViam()
      return await uploadByViam(...args)
    },
    state: () => (isViam ? viam : transfer).state(),
    async close() {
      await Promise.all([transfer.close(), viam.close()])
    },
  }
}
