/** The same questions to `fio`, where it is installed. */
import type { BenchBounds } from '../bench/disk.ts'
import type { Fio } from '../bench/report.ts'

interface FioJob {
  readonly write: { readonly bw_bytes: number; readonly iops: number }
}

async function ask(args: readonly string[], signal: AbortSignal): Promise<FioJob | undefined> {
  const child = Bun.spawn(['fio', '--output-format=json', ...args], {
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'ignore',
    signal,
  })
  const text = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) return undefined
  // Notes may stand before the document.
  return (JSON.parse(text.slice(text.indexOf('{'))) as { jobs: FioJob[] }).jobs[0]
}

/** undefined where there is none, or it fails. The folder is the caller's. */
export async function askFio(
  folder: string,
  { sizeBytes, durationMs }: BenchBounds,
  signal: AbortSignal,
): Promise<Fio | undefined> {
  if (Bun.which('fio') === null) return undefined
  const common = [
    ...['--ioengine=psync', '--name=ferry', `--filename=${folder}/sequential`, '--direct=1'],
    ...[`--size=${sizeBytes}`, `--runtime=${Math.max(1, Math.round(durationMs / 1000))}`],
  ]
  const sequential = await ask([...common, '--rw=write', '--bs=1M', '--end_fsync=1'], signal)
  const random = await ask([...common, '--rw=randwrite', '--bs=4k', '--time_based'], signal)
  if (sequential === undefined || random === undefined) return undefined
  return { write_mb_s: sequential.write.bw_bytes / 1e6, random_write_iops: random.write.iops }
}
