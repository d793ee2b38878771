/** The units and init scripts of `packaging/init`, which the executable carries. */
import agentOpenrc from '../../packaging/init/ferry-agent.openrc' with { type: 'text' }
import agentProcd from '../../packaging/init/ferry-agent.procd' with { type: 'text' }
import agentUnit from '../../packaging/init/ferry-agent.service' with { type: 'text' }
import agentSysv from '../../packaging/init/ferry-agent.sysv' with { type: 'text' }
import receiverOpenrc from '../../packaging/init/ferry-receiver.openrc' with { type: 'text' }
import receiverProcd from '../../packaging/init/ferry-receiver.procd' with { type: 'text' }
import receiverUnit from '../../packaging/init/ferry-receiver.service' with { type: 'text' }
import receiverSysv from '../../packaging/init/ferry-receiver.sysv' with { type: 'text' }
import type { InitKind, ServiceName } from './steps.ts'

export const TEXTS: Readonly<Record<ServiceName, Readonly<Record<InitKind, string>>>> = {
  'ferry-agent': {
    systemd: agentUnit,
    sysv: agentSysv,
    openrc: agentOpenrc,
    procd: agentProcd,
  },
  'ferry-receiver': {
    systemd: receiverUnit,
    sysv: receiverSysv,
    openrc: receiverOpenrc,
    procd: receiverProcd,
  },
}
