/** Why nothing could be listened on, in words, and what to do. Pure. */
import type { ConfigProblem } from '../errors.ts'

interface Meaning {
  readonly pattern: RegExp
  readonly problem: string
  readonly hint: string
}

const TLS = 'name the files with --tls-cert and --tls-key'
/** Of a TLS library's failure, which concerns the files and not the address. */
const TLS_MEANINGS: readonly Meaning[] = [
  {
    pattern: /KEY_(TYPE|VALUES)_MISMATCH/,
    problem: 'the key does not belong to the certificate',
    hint: 'name a certificate and its own key with --tls-cert and --tls-key',
  },
  {
    pattern: /NO_START_LINE|PEM routines/,
    problem: 'certificate or key is no PEM file',
    hint: TLS,
  },
]

const MEANINGS: readonly Meaning[] = [
  {
    pattern: /EADDRINUSE/,
    problem: 'is in use by another program',
    hint: 'stop that one (ss -ltnp shows it), or choose another port',
  },
  {
    pattern: /EADDRNOTAVAIL/,
    problem: 'is no address of this machine',
    hint: 'ip address shows those; 0.0.0.0 is all of them',
  },
  {
    pattern: /EACCES|EPERM/,
    problem: 'may not be listened on by this user',
    hint: 'ports below 1024 are for root: choose another port',
  },
  {
    pattern: /Name resolution|ENOTFOUND|EAI_AGAIN/,
    problem: 'has a name that cannot be resolved',
    hint: 'use an address of this machine, as 0.0.0.0:7443',
  },
]

/** `text` is what the library says. */
export function explainListening(listen: string, text: string): ConfigProblem {
  const isTls = /OPENSSL_internal|:error:|^error:/.test(text)
  const meaning = (isTls ? TLS_MEANINGS : MEANINGS).find(({ pattern }) => pattern.test(text))
  if (isTls) {
    const { problem, hint } = meaning ?? { problem: `cannot be used: ${text}`, hint: TLS }
    return { key: 'tls', value: '', problem, hint }
  }
  const { problem, hint } = meaning ?? {
    problem: `cannot be listened on: ${text}`,
    hint: 'HOST:PORT, as 0.0.0.0:7443',
  }
  return { key: '--listen', value: listen, problem, hint }
}
