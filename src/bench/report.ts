/** What `ferry bench` found: the shape of `--json`, whose keys stay as they are. */

/** Milliseconds. */
export interface Latency {
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly max: number
}

/** What `fio` says of the same disk, asked for the same. */
export interface Fio {
  readonly write_mb_s: number
  readonly random_write_iops: number
}

export interface DiskReport {
  readonly directory: string
  readonly bytes: number
  /** In units of 1,000,000 bytes, as on the label of a card. */
  readonly write_mb_s: number
  readonly read_mb_s: number
  /** False: some of what was read came from memory. */
  readonly read_from_disk: boolean
  readonly fdatasync_ms: Latency
  readonly random_write_iops: number
  readonly random_read_iops: number
  /** False: 4 KiB went through the page cache, each write with a sync. */
  readonly random_direct: boolean
  readonly volatile: boolean
  readonly fio: Fio | undefined
}

export interface UploadReport {
  readonly to: string
  readonly transport: 'plaintext' | 'tls' | 'directory'
  readonly bytes: number
  readonly mb_s: number
  /** undefined: a small file has to be published, which was not done there. */
  readonly files_s: number | undefined
  /** Of this program, per second of the upload: 1 is one core. */
  readonly cpu_cores: number
  readonly cpu_s_per_gb: number
  readonly receiver_cpu_cores: number | undefined
  readonly rss_bytes: number
  readonly limit_mb_s: number | undefined
}

export interface MemoryReport {
  readonly total_bytes: number
  readonly available_bytes: number
  readonly swap_bytes: number
  readonly start_rss_bytes: number
  readonly network_rss_bytes: number
  readonly loaded_rss_bytes: number
  readonly loaded_files: number
}

export interface ScanReport {
  readonly directory: string
  readonly files: number
  readonly bytes: number
  readonly skipped: number
  /** The first pass, and one that finds nothing changed: each file has its row in the journal. */
  readonly first_ms: number
  readonly next_ms: number
  readonly cpu_ms: number
  readonly rss_bytes: number
}

export interface BenchReport {
  readonly software: string
  readonly cpus: number
  readonly disk?: DiskReport
  readonly uploads?: readonly UploadReport[]
  readonly memory?: MemoryReport
  readonly scan?: ScanReport
}
