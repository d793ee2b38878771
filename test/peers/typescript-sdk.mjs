/**
 * Every upload of Viam's TypeScript SDK, each once; prints the ids that were answered.
 * node typescript-sdk.mjs ADDRESS KEY_ID KEY CONTENT_FILE, in a folder where the SDK is installed.
 */
import { readFileSync } from 'node:fs'
import { createGrpcTransport } from '@connectrpc/connect-node'

globalThis.VIAM = {
  GRPC_TRANSPORT_FACTORY: (options) => createGrpcTransport({ httpVersion: '2', ...options }),
}
const { createViamClient } = await import('@viamrobotics/sdk')

const [serviceHost, authEntity, payload, contentFile] = process.argv.slice(2)
const client = await createViamClient({
  serviceHost,
  credentials: { type: 'api-key', authEntity, payload },
})
const data = client.dataClient
const large = readFileSync(contentFile)
const TEN = new Date('2026-08-21T10:00:00Z')
const TIMES = [TEN, new Date(TEN.getTime() + 1000)]
const PART = 'part-1'
const CAMERA = [PART, 'rdk:component:camera', 'cam', 'GetImages']

const readings = [0, 1, 2].map((value) => ({ readings: { value, on: true } }))
const sensor = [PART, 'rdk:component:sensor', 's1', 'Readings']
const times = readings.map(() => TIMES)
const picture = new TextEncoder().encode('picture')
const named = { fileName: 'named', fileExtension: '.txt' }
const answers = {
  tabular: await data.tabularDataCaptureUpload(readings, ...sensor, times, ['peer']),
  picture: await data.binaryDataCaptureUpload(picture, ...CAMERA, '.jpg', TIMES, ['peer'], ['set']),
  large: await data.binaryDataCaptureUpload(large, ...CAMERA, '.bin', TIMES),
  named: await data.fileUpload(large, PART, named),
  unnamed: await data.fileUpload(new Uint8Array(0), PART),
}
console.log(JSON.stringify(answers))
process.exit(0)
