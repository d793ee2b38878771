/** Python with gRPC and protobuf, which some tests compare with. */
import * as fs from 'node:fs'

/** The system's own, which has the packages of the system. */
export const PYTHON = '/usr/bin/python3'

/** What is not there; '' when everything is. */
export function missingForPython(): string {
  const has = (command: string[]) => Bun.spawnSync(command).exitCode === 0
  if (!Bun.which('protoc') || !fs.existsSync('/usr/bin/grpc_python_plugin')) return 'protoc'
  if (!fs.existsSync('/usr/include/google/protobuf/any.proto')) return 'libprotobuf-dev'
  return has([PYTHON, '-c', 'import grpc, google.protobuf']) ? '' : 'python grpc'
}
