/** viam-server with a fake sensor and camera, from files alone: nothing answers its cloud calls. */
import * as fs from 'node:fs'
import { afterEachTest } from '../fakes/ends.ts'

export interface RobotOptions {
  readonly executable: string
  /** In front of the executable. */
  readonly prefix: readonly string[]
  readonly folder: string
  readonly partId: string
  /** Where the receiver listens, as http:// or https://. */
  readonly address: string
  readonly caFile: string
  /** As viam.json has it under `cloud`. */
  readonly credentials: Readonly<Record<string, unknown>>
  readonly isCapturing: boolean
}

export const captureFolder = (folder: string) => `${folder}/capture`
export const extraFolder = (folder: string) => `${folder}/extra`

const running = new Set<Bun.Subprocess>()

afterEachTest(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all([...running].map((child) => child.exited))
  running.clear()
})

const BIND = { bind_address: '127.0.0.1:8099' }
const SENSOR_HZ = 10
const CAMERA_HZ = 2

const capturing = (method: string, hz: number) => [
  {
    type: 'data_manager',
    attributes: { capture_methods: [{ method, capture_frequency_hz: hz, tags: ['peer'] }] },
  },
]

/** What the cloud would have answered; it is taken from here when nobody answers. */
function cachedConfig({ folder, partId, isCapturing }: RobotOptions) {
  return {
    cloud: {
      id: partId,
      fqdn: 'robot.local',
      local_fqdn: 'robot.local.local',
      signaling_address: '',
      signaling_insecure: true,
      location_secret: 'none',
      location_secrets: [{ id: 'none', secret: 'none' }],
    },
    network: BIND,
    components: [
      {
        name: 's1',
        type: 'sensor',
        model: 'fake',
        service_configs: capturing('Readings', SENSOR_HZ),
      },
      {
        name: 'c1',
        type: 'camera',
        model: 'fake',
        attributes: {
          width: Number(process.env['W'] ?? 320),
          height: Number(process.env['H'] ?? 240),
        },
        service_configs: capturing('GetImages', CAMERA_HZ),
      },
    ],
    services: [
      {
        name: 'dm',
        type: 'data_manager',
        model: 'builtin',
        attributes: {
          capture_dir: captureFolder(folder),
          capture_disabled: !isCapturing,
          sync_disabled: false,
          sync_interval_mins: 0.02,
          additional_sync_paths: [extraFolder(folder)],
          file_last_modified_millis: 500,
          maximum_num_sync_threads: 4,
        },
      },
    ],
  }
}

function writeConfiguration(options: RobotOptions): void {
  const { folder, partId, address, credentials } = options
  for (const made of ['home', 'viam', 'extra', 'capture/sequences']) {
    fs.mkdirSync(`${folder}/${made}`, { recursive: true })
  }
  const cloud = { id: partId, app_address: address, refresh_interval: '1h', ...credentials }
  fs.writeFileSync(`${folder}/viam.json`, JSON.stringify({ cloud, network: BIND }))
  const cached = JSON.stringify(cachedConfig(options))
  fs.writeFileSync(`${folder}/viam/cached_cloud_config_${partId}.json`, cached)
}

export interface Robot {
  readonly text: () => string
  /** Capture files that are open are closed. */
  stop(signal?: NodeJS.Signals): Promise<void>
}

export function startRobot(options: RobotOptions): Robot {
  const { executable, prefix, folder, caFile } = options
  writeConfiguration(options)
  const command = [...prefix, executable, '-config', `${folder}/viam.json`]
  const log = `${folder}/robot-${running.size}-${Date.now()}.log`
  const fd = fs.openSync(log, 'w')
  const flags = ['-disable-mdns', '-webrtc=false', '-ftdc=false']
  const child = Bun.spawn([...command, ...flags], {
    stdin: 'ignore',
    stdout: fd,
    stderr: fd,
    env: {
      PATH: process.env['PATH'] ?? '',
      HOME: `${folder}/home`,
      VIAM_HOME: `${folder}/viam`,
      SSL_CERT_FILE: caFile,
      SSL_CERT_DIR: '/nonexistent',
    },
  })
  fs.closeSync(fd)
  running.add(child)
  void child.exited.then(() => running.delete(child))
  return {
    text: () => fs.readFileSync(log, 'utf8'),
    async stop(signal = 'SIGINT') {
      child.kill(signal)
      await child.exited
    },
  }
}
