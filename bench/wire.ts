/** Counts what crosses the connections to a port, by a counter of the kernel's packet filter. */

/** IPv4, TCP and its time stamps, on every packet. */
const HEADER_BYTES = 52

export interface WireCount {
  /** Bytes within TCP, towards the port, so far. */
  readonly bytes: () => number
  readonly close: () => void
}

interface Listed {
  readonly nftables: readonly {
    readonly rule?: { readonly expr: readonly { readonly counter?: Counter }[] }
  }[]
}

interface Counter {
  readonly packets: number
  readonly bytes: number
}

let isTold = false
const counting = new Set<string>()

/** What a run that was stopped would leave in the kernel. */
export function stopCounting(): void {
  for (const table of counting) nft('delete', 'table', 'ip', table)
  counting.clear()
}

function nft(...words: string[]): string | undefined {
  try {
    const { exitCode, stdout } = Bun.spawnSync(['nft', ...words])
    return exitCode === 0 ? stdout.toString() : undefined
  } catch {
    return undefined
  }
}

/** undefined, and said once, where nothing can be counted: that needs nft and root. */
export function countWire(port: number): WireCount | undefined {
  const table = `ferry_bench_${port}`
  const made =
    nft('add', 'table', 'ip', table) !== undefined &&
    nft('add', 'chain', 'ip', table, 'in', '{ type filter hook input priority 0; }') !==
      undefined &&
    nft('add', 'rule', 'ip', table, 'in', 'tcp', 'dport', `${port}`, 'counter') !== undefined
  if (!made) {
    if (!isTold) process.stderr.write('MISSING nft as root: bytes on the wire are not counted\n')
    isTold = true
    return undefined
  }
  counting.add(table)
  return {
    bytes() {
      const listed = JSON.parse(nft('-j', 'list', 'table', 'ip', table) ?? '{}') as Listed
      const counters = listed.nftables.flatMap(({ rule }) =>
        (rule?.expr ?? []).flatMap(({ counter }) => counter ?? []),
      )
      return counters.reduce((sum, { bytes, packets }) => sum + bytes - packets * HEADER_BYTES, 0)
    },
    close() {
      if (counting.delete(table)) nft('delete', 'table', 'ip', table)
    },
  }
}
